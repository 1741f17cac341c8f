import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { ShapeMismatchError } from '@sofd/core';
import { useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, test } from 'vitest';
import { createFaceFinder } from '../finder/face-finder.js';
import { transformPoints } from '../geometry/affine.js';
import { computeEyeDistance } from '../geometry/eye-distance.js';
import { cropFace } from '../geometry/face-crop.js';
import { decodeImage } from '../image/decode-image.js';
import { drawRegionMask } from './draw-region-mask.js';
import { drawRegionMask68, type FaceRegion68 } from './draw-region-mask-68.js';
import { toLandmarks68 } from './landmarks-68.js';
import type { Mask } from './mask.js';

const size = { width: 317, height: 317 };
const meshes: Float32Array[] = [];

beforeAll(async () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  await useBackend(wasm());
  const finder = await createFaceFinder();
  for (const photo of [1, 2, 3, 4]) {
    const image = await decodeImage(await readFile(join(folder, `sample${photo}.jpg`)));
    for (const { mesh, landmarks, quality } of await finder.find(image)) {
      if (quality.size >= 40) meshes.push(transformPoints(mesh, cropFace(image, landmarks).matrix));
    }
  }
  finder.dispose();
}, 300_000);

/** Intersection over union of two soft masks: sums of the smaller and of the larger value. */
function computeOverlap(first: Mask, second: Mask): number {
  let [both, either] = [0, 0];
  first.data.forEach((value, i) => {
    both += Math.min(value, second.data[i]!);
    either += Math.max(value, second.data[i]!);
  });
  return both / either;
}

describe('toLandmarks68, on photographs', () => {
  test('runs along the parts of the face in the order of the scheme', () => {
    expect(meshes.length).toBeGreaterThan(8);
    for (const mesh of meshes) {
      const points = toLandmarks68(mesh);
      const x = (i: number) => points[2 * i]!;
      const y = (i: number) => points[2 * i + 1]!;
      // Brows, corners of the eyes and under the nose from left to right; the bridge from top to bottom.
      for (const line of [
        [17, 18, 19, 20, 21, 22, 23, 24, 25, 26],
        [36, 39, 42, 45],
        [31, 32, 33, 34, 35],
        [48, 51, 54],
      ]) {
        line.slice(1).forEach((point, i) => {
          expect(x(point)).toBeGreaterThan(x(line[i]!));
        });
      }
      for (const [upper, lower] of [
        [27, 28],
        [28, 29],
        [29, 30],
        [30, 33],
        [33, 51],
        [51, 57],
        [57, 8],
      ] as const) {
        expect(y(lower)).toBeGreaterThan(y(upper));
      }
      // Lids open away from each other, brows lie above the eyes, the inner lips within the outer ones.
      for (const [upper, lower] of [
        [37, 41],
        [38, 40],
        [43, 47],
        [44, 46],
        [19, 37],
        [24, 44],
        [51, 62],
        [66, 57],
      ] as const) {
        expect(y(lower)).toBeGreaterThanOrEqual(y(upper));
      }
      // The jaw is walked evenly: no step is over two and a half times the mean step.
      const steps = Array.from({ length: 16 }, (_, i) => Math.hypot(x(i + 1) - x(i), y(i + 1) - y(i)));
      expect(Math.max(...steps)).toBeLessThan(2.5 * (steps.reduce((sum, step) => sum + step, 0) / 16));
    }
  });

  test('refuses what is no mesh', () => {
    expect(() => toLandmarks68(new Float32Array(136))).toThrow(ShapeMismatchError);
    expect(() => drawRegionMask68(new Float32Array(936), 'eyes', size)).toThrow(ShapeMismatchError);
  });
});

describe('drawRegionMask68, on photographs', () => {
  // The least over the faces, as measured, less 0.03 for engines that find the points a little elsewhere. Skin ends at the brows
  // instead of the hair, a brow has one line instead of two, a nose no wings.
  const least: Partial<Record<FaceRegion68, number>> = {
    eyes: 0.92,
    'left-eye': 0.93,
    'right-eye': 0.92,
    mouth: 0.94,
    lip: 0.9,
    nose: 0.76,
    eyebrow: 0.75,
    skin: 0.66,
  };

  test.each(Object.entries(least) as [FaceRegion68, number][])(
    '%s agrees with the mask of the mesh',
    (region, bound) => {
      const overlaps = meshes.map((mesh) =>
        computeOverlap(drawRegionMask(mesh, region, size), drawRegionMask68(toLandmarks68(mesh), region, size)),
      );
      expect(Math.min(...overlaps)).toBeGreaterThan(bound);
    },
  );

  test('grows with the distance of the eyes, and covers its landmarks', () => {
    for (const mesh of meshes.slice(0, 3)) {
      const landmarks = toLandmarks68(mesh);
      const mask = drawRegionMask68(landmarks, 'eyes', size);
      for (let i = 36; i < 48; i++) {
        expect(mask.data[Math.round(landmarks[2 * i + 1]!) * 317 + Math.round(landmarks[2 * i]!)]).toBeGreaterThan(0.9);
      }
      const area = (drawn: Mask) => drawn.data.reduce((sum, value) => sum + value, 0);
      const half = drawRegionMask68(transformPoints(landmarks, [0.5, 0, 0, 0, 0.5, 0]), 'eyes', size);
      // Lines stay 2 pixels wide: a pixel around a region whose reach is 0.2 of about 85 pixels.
      expect(computeEyeDistance(mesh)).toBeGreaterThan(60);
      expect(Math.abs(area(mask) / area(half) / 4 - 1)).toBeLessThan(0.15);
    }
  });
});

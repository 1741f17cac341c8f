import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { native, tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { type Backend, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { warpAffine } from '../geometry/warp-affine.js';
import { decodeImage } from '../image/decode-image.js';
import type { PixelImage } from '../image/pixel-image.js';
import type { Face } from './face.js';
import { createFaceFinder } from './face-finder.js';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** A GPU in software takes a minute for a small image. */
const limitMs = 300_000;
/** Engines round differently; in the photograph's pixels no landmark may show it. */
const largestDifference = 1e-3;

let photographs: readonly PixelImage[] = [];
/** One face of 224 pixels, for a GPU in software. */
let crops: readonly PixelImage[] = [];

beforeAll(async () => {
  photographs = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => decodeImage(join(demo, `sample${number}.jpg`))));
  crops = [
    warpAffine(photographs[5]!, [0.7, 0, -780 * 0.7 + 112, 0, 0.7, -490 * 0.7 + 112], { width: 224, height: 224 }),
  ];
});

async function findOn(backend: Backend, images: readonly PixelImage[]): Promise<Face[][]> {
  const engine = await useBackend(backend);
  const finder = await createFaceFinder();
  const found: Face[][] = [];
  for (const image of images) found.push(await finder.find(image));
  finder.dispose();
  await engine.dispose();
  return found;
}

const pointsOf = (faces: readonly Face[][]) =>
  faces.flat().map(({ mesh, landmarks }) => [...mesh, ...landmarks.flat()]);

describe.each([native(), tensorflow(), webgpu()])('the $name engine', (backend) => {
  it(
    'finds the meshes and landmarks that wasm finds, to 1e-3 pixels',
    async (context) => {
      const availability = await backend.probe();
      if (!availability.available) context.skip(`${backend.name}: ${availability.reason} ${availability.remedy}`);
      const images = backend.name === 'webgpu' ? crops : photographs;
      const wanted = pointsOf(await findOn(wasm(), images));
      const found = pointsOf(await findOn(backend, images));
      expect(found.length).toBe(wanted.length);
      expect(found.length).toBeGreaterThan(0);
      const differences = found.flatMap((points, face) =>
        points.map((value, i) => Math.abs(value - wanted[face]![i]!)),
      );
      const largest = differences.reduce((a, b) => Math.max(a, b), 0);
      context.annotate(`${found.length} faces: ${largest.toExponential(1)} pixels`);
      expect(largest).toBeLessThan(largestDifference);
    },
    limitMs,
  );
});

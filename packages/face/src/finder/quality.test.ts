import { describe, expect, it } from 'vitest';
import { meshIndices, meshPointCount } from '../regions/mesh-indices.js';
import { readAge } from './describe-face.js';
import { computeSharpness, estimatePose } from './quality.js';
import { isCutByTile, leavesRoomForLarge, planPadded, planTiles } from './tiles.js';

describe('computeSharpness', () => {
  const stripes = (period: number) => ({
    width: 32,
    height: 32,
    data: Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) =>
      (Math.floor(i / 3) % 32) % period < period / 2 ? 200 : 50,
    ),
  });

  it('is 0 for a flat image and grows with fine detail', () => {
    expect(computeSharpness({ width: 8, height: 8, data: new Uint8Array(192).fill(90) })).toBe(0);
    expect(computeSharpness(stripes(2))).toBeGreaterThan(computeSharpness(stripes(8)));
  });
});

describe('estimatePose', () => {
  const { leftCheek, rightCheek, foreheadTop, chin, leftEye, rightEye } = meshIndices;

  /** A face whose cheeks, forehead, chin and eyes lie in one plane, turned as told; y points down and depth away. */
  function turn({ yaw = 0, pitch = 0, roll = 0 }) {
    const points = new Float32Array(2 * meshPointCount);
    const depth = new Float32Array(meshPointCount);
    const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
    const place = (index: number, x: number, y: number) => {
      const turned = { x: x * Math.cos(a), y: y * Math.cos(b) };
      points[2 * index] = turned.x * Math.cos(c) - turned.y * Math.sin(c);
      points[2 * index + 1] = turned.x * Math.sin(c) + turned.y * Math.cos(c);
      depth[index] = x * Math.sin(a) - y * Math.sin(b);
    };
    place(leftCheek, -70, 0);
    place(rightCheek, 70, 0);
    place(foreheadTop, 0, -90);
    place(chin, 0, 90);
    for (const index of leftEye) place(index, -30, 0);
    for (const index of rightEye) place(index, 30, 0);
    return estimatePose({ score: 1, points, depth });
  }

  it.each([{ yaw: 25 }, { pitch: -20 }, { roll: 15 }, { yaw: -40, roll: -30 }, {}])(
    'reads the angles of %o',
    (angles) => {
      const pose = turn(angles);
      for (const [name, value] of Object.entries({ yaw: 0, pitch: 0, roll: 0, ...angles })) {
        // Coordinates of about 100 in float32: 1e-5 pixels at arms of 30 pixels.
        expect(Math.abs(pose[name as keyof typeof pose] - value)).toBeLessThan(1e-4);
      }
    },
  );
});

describe('readAge', () => {
  const probabilities = (entries: Readonly<Record<number, number>>) => {
    const values = new Float32Array(100);
    for (const [year, value] of Object.entries(entries)) values[Number(year)] = value;
    return values;
  };

  it('moves from the most probable year towards its more probable neighbour', () => {
    expect(readAge(probabilities({ 30: 0.5, 31: 0.04, 29: 0.01 }))).toBe(30.4);
    expect(readAge(probabilities({ 30: 0.5, 31: 0.01, 29: 0.04 }))).toBe(29.6);
  });

  it('holds at both ends', () => {
    expect(readAge(probabilities({ 0: 0.5, 1: 0.01 }))).toBe(0.1);
    expect(readAge(probabilities({ 99: 0.5 }))).toBe(99);
  });
});

describe('planTiles', () => {
  it('looks at a small image once, whole', () => {
    expect(planTiles({ width: 224, height: 224 }, 48).map(({ side }) => side)).toEqual([224]);
  });

  it.each([
    [1920, 1280],
    [1000, 700],
    [3000, 4000],
    [2700, 900],
  ])('leaves no place of a photograph of %i x %i where a face of any size is cut by every tile', (width, height) => {
    const photo = { width, height };
    const tiles = planTiles(photo, 48);
    for (let side = 48; side < (2 / 3) * Math.min(width, height); side *= 1.13) {
      for (let x = side / 2; x <= photo.width - side / 2; x += 97) {
        for (let y = side / 2; y <= photo.height - side / 2; y += 101) {
          const isWhole = tiles.some((tile) => {
            const isInside =
              Math.abs(x - tile.x) <= (tile.side - side) / 2 + 1 && Math.abs(y - tile.y) <= (tile.side - side) / 2 + 1;
            return isInside && side >= tile.side / 12 - 1e-9 && !isCutByTile({ x, y, side }, tile, photo);
          });
          if (!isWhole) expect.fail(`${side} at ${x}, ${y}`);
        }
      }
    }
  });
});

describe('a face that fills the image', () => {
  const image = { width: 400, height: 300 };

  it('is looked for with a wide border', () => {
    expect(planPadded(image)).toEqual({ x: 199.5, y: 149.5, side: 720, angle: 0 });
  });

  it('has no room beside a large one', () => {
    expect(leavesRoomForLarge(100, image)).toBe(true);
    expect(leavesRoomForLarge(150, image)).toBe(false);
  });
});

import { InvalidOptionError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invertAffine, type Matrix2x3, type Point, transformPoint, transformPoints } from './affine.js';
import { computeAlignment, cropFace, type Landmarks5 } from './face-crop.js';
import { computeMeshBox } from './mesh-box.js';
import { estimateSimilarity } from './similarity.js';
import { warpAffine } from './warp-affine.js';

const landmarks: Landmarks5 = [
  [95, 95],
  [140, 92],
  [118, 122],
  [102, 148],
  [138, 146],
];

const similarity = fc
  .record({
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
    x: fc.double({ min: -500, max: 500, noNaN: true }),
    y: fc.double({ min: -500, max: 500, noNaN: true }),
  })
  .map(({ angle, scale, x, y }): Matrix2x3 => {
    const cos = scale * Math.cos(angle);
    const sin = scale * Math.sin(angle);
    return [cos, -sin, x, sin, cos, y];
  });

describe('estimateSimilarity', () => {
  it('finds the similarity that made the points', () => {
    fc.assert(
      fc.property(similarity, (matrix) => {
        const moved = landmarks.map((point) => transformPoint(point, matrix));
        const found = estimateSimilarity(landmarks, moved);
        // Sums of a few products of numbers up to 2000 in float64: 1e-9 leaves three digits.
        found.forEach((value, i) => {
          expect(Math.abs(value - matrix[i]!)).toBeLessThan(1e-9);
        });
      }),
    );
  });

  it('is the best of the similarities near it', () => {
    const target = landmarks.map(([x, y], i): Point => [x * 1.5 + (i % 3) * 4, y * 1.4 - (i % 2) * 7]);
    const cost = (matrix: Matrix2x3) =>
      landmarks.reduce((sum, point, i) => {
        const [x, y] = transformPoint(point, matrix);
        return sum + (x - target[i]![0]) ** 2 + (y - target[i]![1]) ** 2;
      }, 0);
    const best = estimateSimilarity(landmarks, target);
    for (const [da, db] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-3],
      [0, -1e-3],
    ] as const) {
      const [a, b, c, d, e, f] = best;
      expect(cost([a + da, b - db, c, d + db, e + da, f])).toBeGreaterThan(cost(best));
    }
  });

  it('never mirrors', () => {
    const mirrored = landmarks.map(([x, y]): Point => [-x, y]);
    const [a, b, , d, e] = estimateSimilarity(landmarks, mirrored);
    expect(a * e - b * d).toBeGreaterThan(0);
  });

  it('refuses points that say nothing', () => {
    const same: Point[] = [
      [1, 1],
      [1, 1],
    ];
    expect(() => estimateSimilarity(same, landmarks.slice(0, 2))).toThrowError(InvalidOptionError);
    expect(() => estimateSimilarity([[0, 0]], [[0, 0]])).toThrowError(InvalidOptionError);
    expect(() =>
      estimateSimilarity(
        [
          [0, 0],
          [Number.NaN, 1],
        ],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    ).toThrowError(InvalidOptionError);
  });
});

describe('invertAffine', () => {
  it('brings points back', () => {
    fc.assert(
      fc.property(similarity, (matrix) => {
        const back = transformPoint(transformPoint([12, -7], matrix), invertAffine(matrix));
        expect(Math.hypot(back[0] - 12, back[1] + 7)).toBeLessThan(1e-8);
      }),
    );
  });

  it('refuses a map that flattens the plane', () => {
    expect(() => invertAffine([1, 2, 0, 2, 4, 0])).toThrowError(InvalidOptionError);
  });
});

describe('transformPoints', () => {
  it('maps each pair', () => {
    expect(Array.from(transformPoints(Float32Array.of(1, 2, 3, 4), [0, 1, 10, 1, 0, 20]))).toEqual([12, 21, 14, 23]);
  });
});

describe('warpAffine', () => {
  const image = { width: 2, height: 2, data: Uint8Array.of(40, 40, 40, 80, 80, 80, 120, 120, 120, 160, 160, 160) };

  it('changes nothing under the identity', () => {
    expect(Array.from(warpAffine(image, [1, 0, 0, 0, 1, 0], image).data)).toEqual(Array.from(image.data));
  });

  it('interpolates between four pixels and fades to black over the border', () => {
    const one = { width: 1, height: 1 };
    expect(warpAffine(image, [1, 0, -0.5, 0, 1, -0.5], one).data[0]).toBe(100);
    expect(warpAffine(image, [1, 0, 0.5, 0, 1, 0], one).data[0]).toBe(20);
    expect(warpAffine(image, [1, 0, 5, 0, 1, 0], one).data[0]).toBe(0);
  });
});

describe('cropFace', () => {
  const photo = { width: 220, height: 220, data: new Uint8Array(220 * 220 * 3).fill(70) };

  it('puts the eyes level and in place', () => {
    const { image, matrix } = cropFace(photo, landmarks);
    expect([image.width, image.height]).toEqual([317, 317]);
    const [left, right] = [transformPoint(landmarks[0], matrix), transformPoint(landmarks[1], matrix)];
    expect(Math.abs(left[1] - right[1])).toBeLessThan(5);
    expect(right[0] - left[0]).toBeGreaterThan(60);
  });

  it('scales with its size', () => {
    const small = computeAlignment(landmarks, { size: 100, scale: 1.3 });
    const large = computeAlignment(landmarks, { size: 200, scale: 1.3 });
    large.forEach((value, i) => {
      expect(Math.abs(value - 2 * small[i]!)).toBeLessThan(1e-9);
    });
  });

  it('is black where it reaches over the border', () => {
    const shifted = landmarks.map(([x, y]): Point => [x - 95, y]) as unknown as Landmarks5;
    const { image } = cropFace(photo, shifted);
    expect(image.data[150 * 317 * 3]).toBe(0);
    expect(image.data[(150 * 317 + 200) * 3]).toBe(70);
  });
});

describe('computeMeshBox', () => {
  it('is tight around the points, also left of and above the image', () => {
    const points = Float32Array.of(3, 8, -5, 2, 0, -1);
    expect(computeMeshBox(points)).toEqual({ x: -5, y: -1, width: 8, height: 9 });
  });
});

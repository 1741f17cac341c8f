import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyMask, fillPolygon } from './draw.js';
import { blur, computeDistances, dilate, erode, type Mask } from './mask.js';

const mask = fc
  .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
  .chain(({ width, height }) =>
    fc
      .array(fc.boolean(), { minLength: width * height, maxLength: width * height })
      .map((set): Mask => ({ width, height, data: Float32Array.from(set, Number) })),
  );

/** The definition: the nearest set pixel of all. */
function nearest({ width, height, data }: Mask, at: number): number {
  let best = Infinity;
  for (let i = 0; i < width * height; i++) {
    if (data[i]! < 0.5) continue;
    const dx = (i % width) - (at % width);
    const dy = Math.floor(i / width) - Math.floor(at / width);
    best = Math.min(best, Math.hypot(dx, dy));
  }
  return best;
}

describe('computeDistances', () => {
  it('equals the search over all pixels', () => {
    fc.assert(
      fc.property(mask, (drawn) => {
        fc.pre(drawn.data.includes(1));
        computeDistances(drawn).forEach((distance, i) => {
          // Squares of whole numbers are exact; one square root rounds.
          expect(Math.abs(distance - nearest(drawn, i))).toBeLessThan(1e-12);
        });
      }),
    );
  });

  it('is far for every pixel when nothing is set', () => {
    const distances = computeDistances(emptyMask({ width: 5, height: 4 }));
    expect(Math.min(...distances)).toBeGreaterThan(10);
  });
});

describe('dilate and erode', () => {
  it('undo each other on a disc, away from the border', () => {
    const size = { width: 41, height: 41 };
    const point = emptyMask(size);
    point.data[20 * 41 + 20] = 1;
    const disc = dilate(point, 10);
    expect(disc.data.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(Math.PI * 9.5 ** 2);
    expect(dilate(erode(disc, 4), 4).data).toEqual(disc.data);
    expect(erode(dilate(disc, 4), 4).data).toEqual(disc.data);
  });

  it('erode leaves a region at the border whole there', () => {
    const full = { width: 4, height: 3, data: new Float32Array(12).fill(1) };
    expect(erode(full, 2).data).toEqual(full.data);
  });
});

describe('blur', () => {
  it('keeps the sum of what lies far from the border, and a flat mask flat', () => {
    const point = emptyMask({ width: 31, height: 31 });
    point.data[15 * 31 + 15] = 1;
    const blurred = blur(point, 2);
    // Float32 sums of 169 values below 1.
    expect(Math.abs(blurred.data.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-5);
    const flat = blur({ width: 7, height: 3, data: new Float32Array(21).fill(0.5) }, 3);
    for (const value of flat.data) expect(Math.abs(value - 0.5)).toBeLessThan(1e-6);
  });

  it('does nothing without a deviation', () => {
    const point = emptyMask({ width: 3, height: 3 });
    expect(blur(point, 0)).toBe(point);
  });
});

describe('fillPolygon', () => {
  it('fills the inside, also of a shape that reaches over the border', () => {
    const drawn = emptyMask({ width: 6, height: 4 });
    fillPolygon(drawn, [
      [-3, -0.5],
      [2.5, -0.5],
      [2.5, 2.5],
      [-3, 2.5],
    ]);
    const rows = Array.from({ length: 4 }, (_, y) => Array.from(drawn.data.subarray(y * 6, y * 6 + 6)).join(''));
    expect(rows).toEqual(['111000', '111000', '111000', '000000']);
  });
});

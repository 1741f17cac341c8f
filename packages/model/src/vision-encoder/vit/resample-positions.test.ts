import { createRandom, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { resamplePositions } from './resample-positions.js';

/** Keys' kernel by its definition: a polynomial on each of [0, 1] and [1, 2], zero beyond. */
function keys(distance: number): number {
  const [x, a] = [Math.abs(distance), -0.75];
  if (x < 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

/** The whole sum in two dimensions over a padded image, in float64. */
function resampleBySum(positions: Float32Array, width: number, [side, grid]: readonly [number, number]): number[] {
  const inside = (index: number) => Math.min(Math.max(index, 0), side - 1);
  const place = (index: number) => (side / grid) * (index + 0.5) - 0.5;
  const result = [...positions.subarray(0, width)];
  for (let row = 0; row < grid; row++)
    for (let column = 0; column < grid; column++)
      for (let i = 0; i < width; i++) {
        let sum = 0;
        for (let y = -3; y < side + 3; y++)
          for (let x = -3; x < side + 3; x++)
            sum +=
              keys(place(row) - y) *
              keys(place(column) - x) *
              positions[(1 + inside(y) * side + inside(x)) * width + i]!;
        result.push(sum);
      }
  return result;
}

const random = createRandom('positions');
const randomPositions = (side: number, width: number) =>
  Float32Array.from({ length: (1 + side * side) * width }, () => random.normal(0, 1));

describe('resamplePositions', () => {
  it.each([
    [7, 12],
    [14, 10],
    [7, 14],
    [4, 1],
    [1, 3],
    [2, 5],
  ])('equals the whole sum of the kernel: %i to %i', (side, grid) => {
    const positions = randomPositions(side, 3);
    const expected = resampleBySum(positions, 3, [side, grid]);
    const actual = resamplePositions(positions, { width: 3, grid });
    expect(actual).toHaveLength(expected.length);
    // Numbers below 8, rounded once to float32: half a unit of 2^-21.
    for (const [i, value] of actual.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(2 ** -22 + 1e-12);
  });

  it("gives the numbers of ONNX's example of cubic resizing", () => {
    const positions = Float32Array.from({ length: 17 }, (_, i) => i); // 1 to 16 behind the class token
    const first = [0.47265625, 0.76953125, 1.24609375, 1.875, 2.28125, 2.91015625, 3.38671875, 3.68359375];
    expect([...resamplePositions(positions, { width: 1, grid: 8 }).subarray(1, 9)]).toEqual(first);
  });

  it('changes nothing for the same size', () => {
    const positions = randomPositions(7, 5);
    expect(resamplePositions(positions, { width: 5, grid: 7 })).toEqual(positions);
  });

  it('keeps the class token', () => {
    const positions = randomPositions(3, 4);
    expect(resamplePositions(positions, { width: 4, grid: 6 }).subarray(0, 4)).toEqual(positions.subarray(0, 4));
  });

  it.each([
    [4, 2],
    [5, 0],
    [5, 1.5],
    [1, 2],
  ])('refuses %i numbers for a grid of %d', (count, grid) => {
    expect(() => resamplePositions(new Float32Array(count), { width: 1, grid })).toThrow(InvalidOptionError);
  });
});

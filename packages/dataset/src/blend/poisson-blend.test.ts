import { createRandom } from '@sofd/core';
import type { Mask, PixelImage } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { blendPoisson } from './poisson-blend.js';
import { type MembraneGrid, solveMembrane } from './solve-membrane.js';

/** The same equations as one dense system, by Gaussian elimination. */
function solveDirectly({ width, height, unknown }: MembraneGrid, given: Float64Array): Float64Array {
  const places = [...unknown.keys()].filter((i) => unknown[i] === 1);
  const rowOf = new Map(places.map((place, row) => [place, row]));
  const count = places.length;
  const matrix = places.map((place) => {
    const row = new Float64Array(count + 1);
    const [x, y] = [place % width, Math.floor(place / width)];
    for (const [u, v] of [
      [x - 1, y],
      [x + 1, y],
      [x, y - 1],
      [x, y + 1],
    ] as const) {
      if (u < 0 || v < 0 || u >= width || v >= height) continue;
      row[rowOf.get(place)!]! += 1;
      const other = rowOf.get(v * width + u);
      if (other === undefined) row[count]! += given[v * width + u]!;
      else row[other]! -= 1;
    }
    return row;
  });
  for (let k = 0; k < count; k++) {
    for (let row = 0; row < count; row++) {
      const factor = row === k ? 0 : matrix[row]![k]! / matrix[k]![k]!;
      if (factor !== 0) for (let i = k; i <= count; i++) matrix[row]![i]! -= factor * matrix[k]![i]!;
    }
  }
  const values = Float64Array.from(given);
  places.forEach((place, row) => {
    values[place] = matrix[row]![count]! / matrix[row]![row]!;
  });
  return values;
}

describe('solveMembrane', () => {
  const [width, height] = [26, 22];
  const random = createRandom(3);
  const given = Float64Array.from({ length: width * height }, () => random.uniformBetween(-80, 80));
  const shape = (test: (x: number, y: number) => boolean): MembraneGrid => ({
    width,
    height,
    unknown: Uint8Array.from({ length: width * height }, (_, i) => Number(test(i % width, Math.floor(i / width)))),
  });

  test.each([
    ['a disc', shape((x, y) => Math.hypot(x - 12, y - 11) < 8)],
    ['two pieces', shape((x, y) => Math.hypot(x - 6, y - 8) < 4 || Math.hypot(x - 18, y - 12) < 5)],
    ['a region at two sides of the image', shape((x, y) => x < 12 && y < 14)],
  ])('is within the bound of the direct solution for %s', (_, grid) => {
    for (const bound of [0.25, 1e-6]) {
      const solved = solveMembrane(grid, given, bound);
      solveDirectly(grid, given).forEach((value, i) => {
        expect(Math.abs(solved[i]! - value)).toBeLessThanOrEqual(bound);
      });
    }
  });

  test('gives back what is given everywhere, and zero where nothing is', () => {
    expect(
      solveMembrane(
        shape(() => false),
        given,
        0.1,
      ),
    ).toEqual(given);
    expect(
      Math.max(
        ...solveMembrane(
          shape(() => true),
          given,
          0.1,
        ),
      ),
    ).toBe(0);
  });
});

describe('blendPoisson', () => {
  const size = 40;
  const image = (value: (x: number, y: number, c: number) => number): PixelImage => ({
    width: size,
    height: size,
    data: Uint8ClampedArray.from({ length: size * size * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return value(pixel % size, Math.floor(pixel / size), i % 3);
    }),
  });
  const mask: Mask = {
    width: size,
    height: size,
    data: Float32Array.from({ length: size * size }, (_, i) =>
      Number(Math.hypot((i % size) - 20, Math.floor(i / size) - 20) < 12),
    ),
  };

  test('takes any plane of light away and keeps the texture', () => {
    const texture = (x: number, y: number) => 10 * ((x * 7 + y * 3) % 2);
    const target = image((x, y, c) => 60 + 20 * c + texture(x, y));
    // Planes have no Laplacian, so that the exact solution is the target itself; its values are whole, as the planes'.
    const source = image((x, y, c) => 90 + 20 * c + x + 2 * y + texture(x, y));
    blendPoisson(source.data, target, mask).forEach((value, i) => {
      expect(Math.abs(value - target.data[i]!)).toBeLessThanOrEqual(0.25);
    });
  });
});

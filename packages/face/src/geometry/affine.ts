import { InvalidOptionError } from '@sofd/core';

/** x and y in pixels; the centre of the top left pixel is (0, 0). */
export type Point = readonly [number, number];

/** Two rows of an affine map: x' = a x + b y + c and y' = d x + e y + f, as [a, b, c, d, e, f]. */
export type Matrix2x3 = readonly [number, number, number, number, number, number];

/** The map of one point. */
export function transformPoint([x, y]: Point, [a, b, c, d, e, f]: Matrix2x3): [number, number] {
  return [a * x + b * y + c, d * x + e * y + f];
}

/**
 * Maps points given as x, y pairs.
 * @param points [count, 2] in pixels
 * @returns [count, 2]
 * @example
 * ```ts
 * import { transformPoints } from '@sofd/face';
 * transformPoints(Float32Array.of(1, 2), [2, 0, 10, 0, 2, 20]); // [12, 24]
 * ```
 */
export function transformPoints(points: Float32Array, matrix: Matrix2x3): Float32Array {
  const [a, b, c, d, e, f] = matrix;
  const output = new Float32Array(points.length);
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    output[i] = a * x + b * y + c;
    output[i + 1] = d * x + e * y + f;
  }
  return output; // [count, 2]
}

/**
 * The map that undoes another.
 * @throws InvalidOptionError when the map flattens the plane or is not finite
 * @example
 * ```ts
 * import { invertAffine } from '@sofd/face';
 * invertAffine([2, 0, 10, 0, 2, 20]); // [0.5, 0, -5, 0, 0.5, -10]
 * ```
 */
export function invertAffine([a, b, c, d, e, f]: Matrix2x3): Matrix2x3 {
  const determinant = a * e - b * d;
  if (!Number.isFinite(determinant) || determinant === 0 || !Number.isFinite(c) || !Number.isFinite(f)) {
    throw new InvalidOptionError(
      `invertAffine: expected a matrix with a finite determinant other than 0, got ${determinant}; check the points it was estimated from.`,
    );
  }
  const p = e / determinant;
  const q = -b / determinant;
  const r = -d / determinant;
  const s = a / determinant;
  return [p, q, -(p * c + q * f), r, s, -(r * c + s * f)];
}

/**
 * Some of a list's points.
 * @param points given as x, y pairs, [count, 2]
 * @param indices numbers of points, each below `count`
 * @returns a point for each number, in their order
 * @example
 * ```ts
 * import { pickPoints } from '@sofd/face';
 * pickPoints(Float32Array.of(1, 2, 3, 4), [1, 0]); // [[3, 4], [1, 2]]
 * ```
 */
export function pickPoints(points: Float32Array, indices: readonly number[]): Point[] {
  return indices.map((index) => [points[2 * index]!, points[2 * index + 1]!]);
}

/** The mean of some of a list's points, given as x, y pairs. */
export function meanPoint(points: Float32Array, indices: readonly number[]): [number, number] {
  let x = 0;
  let y = 0;
  for (const index of indices) {
    x += points[2 * index]!;
    y += points[2 * index + 1]!;
  }
  return [x / indices.length, y / indices.length];
}

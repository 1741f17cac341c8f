import { InvalidOptionError } from '@sofd/core';
import type { Matrix2x3, Point } from './affine.js';

function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0];
    y += point[1];
  }
  return [x / points.length, y / points.length];
}

/**
 * The rotation, uniform scale and shift that bring one set of points nearest to another in the least squares.
 *
 * With points as complex numbers about their centroids, the map is z -> m z and the minimum of sum |m p - q|^2 is
 * m = sum conj(p) q / sum |p|^2. In the plane this equals Umeyama's solution with its correction for reflections, without a
 * singular value decomposition: a mirrored set gets the best rotation, never a flip.
 * @param from at least two points that do not all coincide
 * @param to as many points
 * @returns the map from `from` to `to`
 * @throws InvalidOptionError when the counts differ, a coordinate is not finite, or all points of `from` coincide
 * @example
 * ```ts
 * import { estimateSimilarity } from '@sofd/face';
 * estimateSimilarity([[0, 0], [1, 0]], [[5, 5], [5, 7]]); // [0, -2, 5, 2, 0, 5]
 * ```
 * @see S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991, equations 40 to 42
 */
export function estimateSimilarity(from: readonly Point[], to: readonly Point[]): Matrix2x3 {
  if (from.length !== to.length || from.length < 2) {
    throw new InvalidOptionError(
      `estimateSimilarity: expected two lists of the same length of at least 2, got ${from.length} and ${to.length} points; pass point pairs.`,
    );
  }
  const [fromX, fromY] = centroid(from);
  const [toX, toY] = centroid(to);
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  from.forEach(([px, py], i) => {
    const x = px - fromX;
    const y = py - fromY;
    const u = to[i]![0] - toX;
    const v = to[i]![1] - toY;
    real += x * u + y * v;
    imaginary += x * v - y * u;
    spread += x * x + y * y;
  });
  if (!(spread > 0) || !Number.isFinite(real) || !Number.isFinite(imaginary)) {
    throw new InvalidOptionError(
      `estimateSimilarity: expected finite points that do not all coincide, got a spread of ${spread}; check the landmarks.`,
    );
  }
  const a = real / spread;
  const b = imaginary / spread;
  return [a, -b, toX - a * fromX + b * fromY, b, a, toY - b * fromX - a * fromY];
}

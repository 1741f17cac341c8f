import type { FaceBox } from '../finder/face.js';

/**
 * The smallest upright box that holds all points of a mesh.
 * @param points [count, 2] in pixels, at least one
 * @returns in the same pixels
 * @example
 * ```ts
 * import { computeMeshBox } from '@sofd/face';
 * computeMeshBox(Float32Array.of(3, 8, 5, 2)); // { x: 3, y: 2, width: 2, height: 6 }
 * ```
 */
export function computeMeshBox(points: Float32Array): FaceBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

import { meshIndices } from '../regions/mesh-indices.js';
import { meanPoint } from './affine.js';

/**
 * Distance between the centres of the two eyes of a mesh, in the mesh's pixels.
 * @param points [468 or more, 2]
 * @example
 * ```ts
 * import { computeEyeDistance } from '@sofd/face';
 * computeEyeDistance(new Float32Array(468 * 2)); // 0
 * ```
 */
export function computeEyeDistance(points: Float32Array): number {
  const left = meanPoint(points, meshIndices.leftEye);
  const right = meanPoint(points, meshIndices.rightEye);
  return Math.hypot(right[0] - left[0], right[1] - left[1]);
}

import { ShapeMismatchError } from '@sofd/core';
import { meshPointCount } from './mesh-indices.js';

/**
 * The mesh point of each of the 68 landmarks, in their order. Left and right are those of the image.
 *
 * The mesh has its own points at the corners of eyes and mouth, at the nose and along the lips. Jaw and brows are lines on which
 * the 68 points lie evenly: these are the mesh points nearest to those places on the face's oval and the brows' upper edge.
 */
const meshPoints = [
  // 0..16: the jaw from ear to ear; 8 is the chin.
  ...[127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356],
  // 17..26: the left brow from its outer end, the right one from its inner end.
  ...[70, 63, 105, 66, 107, 336, 296, 334, 293, 300],
  // 27..35: the bridge of the nose down to its tip, then under the nostrils.
  ...[168, 197, 5, 4, 98, 97, 2, 326, 327],
  // 36..47: each eye from its left corner, over the upper lid and back along the lower one.
  ...[33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380],
  // 48..59: the outer line of the lips from the left corner, clockwise.
  ...[61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91],
  // 60..67: the inner one, likewise.
  ...[78, 81, 13, 311, 308, 402, 14, 178],
] as const;

/** The number of iBUG landmarks. */
export const landmark68Count = 68;

/**
 * Picks the 68 landmarks of the iBUG scheme out of a face mesh: jaw 0 to 16, brows to 26, nose to 35, eyes to 47, lips to 67.
 *
 * @param mesh points in pixels, [468 or more, 2]
 * @returns the landmarks in the same pixels, [68, 2]
 * @throws ShapeMismatchError when there are fewer than 468 points
 * @example
 * ```ts
 * import { toLandmarks68 } from '@sofd/face';
 * toLandmarks68(new Float32Array(468 * 2)).length; // 136
 * ```
 * @see C. Sagonas et al., "300 Faces in-the-Wild Challenge", 2013
 */
export function toLandmarks68(mesh: Float32Array): Float32Array {
  if (mesh.length < meshPointCount * 2) {
    throw new ShapeMismatchError(
      `toLandmarks68: expected at least ${meshPointCount} points (${meshPointCount * 2} values), got ${mesh.length} values; pass Face.mesh.`,
    );
  }
  return Float32Array.from({ length: landmark68Count * 2 }, (_, i) => mesh[2 * meshPoints[i >> 1]! + (i % 2)]!);
}

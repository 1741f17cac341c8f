import { ShapeMismatchError } from '@sofd/core';
import { meanPoint } from '../geometry/affine.js';
import type { FaceRegion } from './draw-region-mask.js';
import { drawShape, type RegionMaskOptions, type Shape } from './draw-shape.js';
import { landmark68Count } from './landmarks-68.js';
import type { Mask } from './mask.js';

/** The regions that 68 landmarks outline; they know nothing of the forehead. */
export type FaceRegion68 = Exclude<FaceRegion, 'face'>;

/** The numbers `first` to `last`. */
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const leftEyebrow = range(17, 21);
const rightEyebrow = range(22, 26);
const leftEye = range(36, 41);
const rightEye = range(42, 47);
const lipsOuter = range(48, 59);
const lipsInner = range(60, 67);

const shapes: Readonly<Record<FaceRegion68, Shape>> = {
  eyes: { outlines: [leftEye, rightEye], reach: 0.2 },
  'left-eye': { outlines: [leftEye], reach: 0.2 },
  'right-eye': { outlines: [rightEye], reach: 0.2 },
  // One line a brow, along its upper edge.
  eyebrow: { outlines: [leftEyebrow, rightEyebrow], reach: 0.12 },
  mouth: { outlines: [lipsOuter], reach: 0.2 },
  lip: { outlines: [lipsOuter], holes: [lipsInner], holeReach: 0, reach: 0.04 },
  'inner-mouth': { outlines: [lipsInner], reach: 0 },
  // The bridge and what lies under the nostrils; the wings are reached from there.
  nose: { outlines: [[27, 31, 32, 33, 34, 35]], reach: 0.15 },
  // Up to the brows.
  skin: {
    outlines: [[...range(0, 16), ...range(17, 26).reverse()]],
    holes: [leftEye, rightEye, leftEyebrow, rightEyebrow, lipsOuter],
    reach: 0.03,
  },
};

/**
 * Draws where a region of a face is from the 68 iBUG landmarks, soft at its edge, for data sets and tools that have no mesh.
 *
 * As `drawRegionMask`: a line 2 pixels wide through the region's landmarks, filled, grown in proportion to the inter-ocular
 * distance, smoothed by Gaussian, threshold, erosion and Gaussian.
 *
 * @param landmarks in pixels of the mask, in the order of `toLandmarks68`, [68, 2]
 * @param region which part; the skin ends at the brows
 * @param options size of the mask in pixels; `random` varies its reach; `softness` of its edge (default 0.06)
 * @returns float mask, 0 to 1; all 0 where the face lies outside
 * @throws ShapeMismatchError when there are not 68 points
 * @example
 * ```ts
 * import { drawRegionMask68, toLandmarks68 } from '@sofd/face';
 * const mesh = new Float32Array(468 * 2); // from Face.mesh, through transformPoints
 * const mask = drawRegionMask68(toLandmarks68(mesh), 'eyes', { width: 317, height: 317 });
 * ```
 * @see L. Chen et al., "Self-supervised Learning of Adversarial Example", CVPR 2022
 */
export function drawRegionMask68(landmarks: Float32Array, region: FaceRegion68, options: RegionMaskOptions): Mask {
  if (landmarks.length !== landmark68Count * 2) {
    throw new ShapeMismatchError(
      `drawRegionMask68: expected ${landmark68Count} points (${landmark68Count * 2} values), got ${landmarks.length} values; ` +
        'pass toLandmarks68(mesh), or drawRegionMask() the mesh itself.',
    );
  }
  const [left, right] = [meanPoint(landmarks, leftEye), meanPoint(landmarks, rightEye)];
  const eyeDistance = Math.hypot(right[0] - left[0], right[1] - left[1]);
  return drawShape(landmarks, shapes[region], { ...options, eyeDistance });
}

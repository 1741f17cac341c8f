import { ShapeMismatchError } from '@sofd/core';
import { computeEyeDistance } from '../geometry/eye-distance.js';
import { drawShape, type RegionMaskOptions, type Shape } from './draw-shape.js';
import type { Mask } from './mask.js';
import { meshIndices, meshPointCount } from './mesh-indices.js';

/** Part of a face; left and right are those of the image. */
export type FaceRegion =
  | 'eyes'
  | 'left-eye'
  | 'right-eye'
  | 'eyebrow'
  | 'mouth'
  | 'lip'
  | 'inner-mouth'
  | 'nose'
  | 'skin'
  | 'face';

const { leftEye, rightEye, leftEyebrow, rightEyebrow, lipsOuter, lipsInner, nose, faceOval } = meshIndices;

const shapes: Readonly<Record<FaceRegion, Shape>> = {
  eyes: { outlines: [leftEye, rightEye], reach: 0.2 },
  'left-eye': { outlines: [leftEye], reach: 0.2 },
  'right-eye': { outlines: [rightEye], reach: 0.2 },
  eyebrow: { outlines: [leftEyebrow, rightEyebrow], reach: 0.09 },
  mouth: { outlines: [lipsOuter], reach: 0.2 },
  lip: { outlines: [lipsOuter], holes: [lipsInner], holeReach: 0, reach: 0.04 },
  // What an open mouth shows between the lips.
  'inner-mouth': { outlines: [lipsInner], reach: 0 },
  nose: { outlines: [nose], reach: 0.09 },
  skin: { outlines: [faceOval], holes: [leftEye, rightEye, leftEyebrow, rightEyebrow, lipsOuter], reach: 0.03 },
  // Its soft edge runs out at the oval: beyond are hair and background, of which the mesh knows nothing.
  face: { outlines: [faceOval], reach: -0.03 },
};

/**
 * Draws where a region of a face is, soft at its edge.
 *
 * The region's outline is drawn 2 pixels wide and filled, grown by a radius in proportion to the inter-ocular distance d, then
 * smoothed: Gaussian of 0.06 d, threshold at 0.5, shrunk by 0.03 d, Gaussian of `softness` d.
 * @param points face mesh in pixels of the mask, [468 or more, 2]
 * @param region which part
 * @param options size of the mask in pixels; `random` varies its reach; `softness` of its edge (default 0.06)
 * @returns float mask, 0 to 1; all 0 where the face lies outside
 * @throws ShapeMismatchError when there are fewer than 468 points
 * @example
 * ```ts
 * import { drawRegionMask } from '@sofd/face';
 * const mesh = new Float32Array(468 * 2); // from Face.mesh, through transformPoints
 * const mask = drawRegionMask(mesh, 'mouth', { width: 317, height: 317 });
 * ```
 */
export function drawRegionMask(points: Float32Array, region: FaceRegion, options: RegionMaskOptions): Mask {
  if (points.length < meshPointCount * 2) {
    throw new ShapeMismatchError(
      `drawRegionMask: expected at least ${meshPointCount} points (${meshPointCount * 2} values), got ${points.length} values; ` +
        'pass Face.mesh moved into the crop by transformPoints().',
    );
  }
  return drawShape(points, shapes[region], { ...options, eyeDistance: computeEyeDistance(points) });
}

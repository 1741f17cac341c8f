import { type Random, ShapeMismatchError } from '@sofd/core';
import { type Point, transformPoints } from '../geometry/affine.js';
import { computeEyeDistance } from '../geometry/eye-distance.js';
import type { ImageSize } from '../image/resize-bicubic.js';
import { drawPolyline, emptyMask, fillPolygon } from './draw.js';
import { blur, dilate, erode, type Mask, threshold } from './mask.js';
import { meshIndices, meshPointCount } from './mesh-indices.js';

/** Part of a face; left and right are those of the image. */
export type FaceRegion = 'eyes' | 'left-eye' | 'right-eye' | 'eyebrow' | 'mouth' | 'lip' | 'nose' | 'skin';

interface Shape {
  /** Closed outlines, as point numbers: filled, and drawn as lines 2 pixels wide. */
  readonly outlines: readonly (readonly number[])[];
  /** Outlines that are taken out again, with the same radius. */
  readonly holes?: readonly (readonly number[])[];
  /** How far the region reaches over its lines, as a part of the inter-ocular distance. */
  readonly reach: number;
}

const { leftEye, rightEye, leftEyebrow, rightEyebrow, lipsOuter, lipsInner, nose, faceOval } = meshIndices;

const shapes: Readonly<Record<FaceRegion, Shape>> = {
  eyes: { outlines: [leftEye, rightEye], reach: 0.2 },
  'left-eye': { outlines: [leftEye], reach: 0.2 },
  'right-eye': { outlines: [rightEye], reach: 0.2 },
  eyebrow: { outlines: [leftEyebrow, rightEyebrow], reach: 0.09 },
  mouth: { outlines: [lipsOuter], reach: 0.2 },
  lip: { outlines: [lipsOuter], holes: [lipsInner], reach: 0.04 },
  nose: { outlines: [nose], reach: 0.09 },
  skin: { outlines: [faceOval], holes: [leftEye, rightEye, leftEyebrow, rightEyebrow, lipsOuter], reach: 0.03 },
};

/** What {@link drawRegionMask} may be told. */
export interface RegionMaskOptions extends ImageSize {
  /** Varies reach and softness by up to 20 %; without it the mask is always the same. */
  readonly random?: Random;
  /** Standard deviation of the last blur as a part of the inter-ocular distance; 0 gives a hard edge. */
  readonly softness?: number;
}

function pick(points: Float32Array, indices: readonly number[]): Point[] {
  return indices.map((index) => [points[2 * index]!, points[2 * index + 1]!]);
}

function drawGrown(
  points: Float32Array,
  outlines: readonly (readonly number[])[],
  { size, reach }: { readonly size: ImageSize; readonly reach: number },
): Mask {
  const lines = emptyMask(size);
  for (const outline of outlines) {
    const corners = pick(points, outline);
    fillPolygon(lines, corners);
    drawPolyline(lines, corners, { width: 2, closed: true });
  }
  return dilate(lines, reach);
}

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
  const { width, height, random, softness = 0.06 } = options;
  const shape = shapes[region];
  const distance = computeEyeDistance(points);
  const vary = () => random?.uniformBetween(0.8, 1.2) ?? 1;
  const reach = shape.reach * distance * vary();
  const edge = softness * distance * vary();
  // A thin region would vanish under the smoothing that suits a wide one.
  const smoothing = Math.min(0.06 * distance, 0.5 * reach);
  const window = findWindow(points, shape.outlines, { width, height, margin: reach + 3 * (smoothing + edge) + 2 });
  if (!window) return emptyMask({ width, height });
  const moved = transformPoints(points, [1, 0, -window.x, 0, 1, -window.y]);
  const grown = drawGrown(moved, shape.outlines, { size: window, reach });
  if (shape.holes) {
    const holes = drawGrown(moved, shape.holes, { size: window, reach: region === 'lip' ? 0 : reach });
    for (let i = 0; i < grown.data.length; i++) if (holes.data[i]! >= 0.5) grown.data[i] = 0;
  }
  const rounded = threshold(blur(grown, smoothing), 0.5);
  return paste(blur(erode(rounded, smoothing / 2), edge), window, { width, height });
}

interface Window extends ImageSize {
  readonly x: number;
  readonly y: number;
}

/** The part of the mask that the region can reach; null when it lies outside. Only that part is worth drawing. */
function findWindow(
  points: Float32Array,
  outlines: readonly (readonly number[])[],
  { width, height, margin }: ImageSize & { readonly margin: number },
): Window | null {
  const corners = outlines.flatMap((outline) => pick(points, outline));
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const left = Math.max(0, Math.floor(Math.min(...xs) - margin));
  const top = Math.max(0, Math.floor(Math.min(...ys) - margin));
  const right = Math.min(width, Math.ceil(Math.max(...xs) + margin) + 1);
  const bottom = Math.min(height, Math.ceil(Math.max(...ys) + margin) + 1);
  // Written so that points that are not numbers give no window.
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}

function paste(part: Mask, { x, y }: Window, size: ImageSize): Mask {
  const whole = emptyMask(size);
  for (let row = 0; row < part.height; row++) {
    whole.data.set(part.data.subarray(row * part.width, (row + 1) * part.width), (y + row) * size.width + x);
  }
  return whole;
}

import type { Random } from '@sofd/core';
import { pickPoints, transformPoints } from '../geometry/affine.js';
import type { ImageSize } from '../image/resize-bicubic.js';
import { drawPolyline, emptyMask, fillPolygon } from './draw.js';
import { blur, dilate, erode, type Mask, threshold } from './mask.js';

/** How a region is drawn from landmarks. */
export interface Shape {
  /** Closed outlines, as point numbers: filled, and drawn as lines 2 pixels wide. */
  readonly outlines: readonly (readonly number[])[];
  /** Outlines that are taken out again. */
  readonly holes?: readonly (readonly number[])[];
  /** How far the region reaches over its lines, as a part of the inter-ocular distance; below 0 it stays inside of them. */
  readonly reach: number;
  /** How far the holes reach over their lines; `reach` unless told otherwise. */
  readonly holeReach?: number;
}

/** What the drawing of a region's mask may be told. */
export interface RegionMaskOptions extends ImageSize {
  /** Varies reach and softness by up to 20 %; without it the mask is always the same. */
  readonly random?: Random;
  /** Standard deviation of the last blur as a part of the inter-ocular distance; 0 gives a hard edge. */
  readonly softness?: number | undefined;
}

function drawGrown(
  points: Float32Array,
  outlines: readonly (readonly number[])[],
  { size, reach }: { readonly size: ImageSize; readonly reach: number },
): Mask {
  const lines = emptyMask(size);
  for (const outline of outlines) {
    const corners = pickPoints(points, outline);
    fillPolygon(lines, corners);
    drawPolyline(lines, corners, { width: 2, closed: true });
  }
  return reach < 0 ? erode(lines, -reach) : dilate(lines, reach);
}

/**
 * Draws a shape: its lines 2 pixels wide and filled, grown by its reach, smoothed, and softened at the edge.
 *
 * @param points in pixels of the mask, [count, 2]
 * @param shape what is drawn through which points
 * @param options as of the mask, and the inter-ocular distance in pixels
 */
export function drawShape(
  points: Float32Array,
  shape: Shape,
  { width, height, random, softness = 0.06, eyeDistance }: RegionMaskOptions & { readonly eyeDistance: number },
): Mask {
  const vary = () => random?.uniformBetween(0.8, 1.2) ?? 1;
  const reachFactor = eyeDistance * vary();
  const reach = shape.reach * reachFactor;
  const edge = softness * eyeDistance * vary();
  // A thin region would vanish under the smoothing that suits a wide one.
  const smoothing = Math.min(0.06 * eyeDistance, 0.5 * Math.abs(reach));
  const window = findWindow(points, shape.outlines, {
    width,
    height,
    margin: Math.max(0, reach) + 3 * (smoothing + edge) + 2,
  });
  if (!window) return emptyMask({ width, height });
  const moved = transformPoints(points, [1, 0, -window.x, 0, 1, -window.y]);
  const grown = drawGrown(moved, shape.outlines, { size: window, reach });
  if (shape.holes) {
    const holeReach = (shape.holeReach ?? shape.reach) * reachFactor;
    const holes = drawGrown(moved, shape.holes, { size: window, reach: holeReach });
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
  const corners = outlines.flatMap((outline) => pickPoints(points, outline));
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

import type { ImageSize, Point } from '@sofd/face';
import type { RegionEdit } from './region-edit.js';
import { fitThinPlateSpline } from './thin-plate-spline.js';

/** Where each pixel's colour comes from, relative to the pixel: `[height, width]` each, in pixels. */
export interface DisplacementField extends ImageSize {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Where the field starts to fade, between the points' own ellipse (0) and the ring that stays (1). */
const fadeStart = 0.4;

/** Points of the ring that stays. */
const ringPoints = 20;

interface Ellipse {
  readonly middle: Point;
  readonly radius: Point;
}

/** The ellipse about the bounding box of some points, `margin` larger. */
function boundPoints(points: readonly Point[], margin: number): Ellipse {
  const range = (axis: 0 | 1) => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)] as const;
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  return {
    middle: [(left + right) / 2, (top + bottom) / 2],
    radius: [(right - left) / 2 + margin, (bottom - top) / 2 + margin],
  };
}

/** 1 up to 0, 0 from 1 on, with two continuous derivatives: `1 - t^3 (6 t^2 - 15 t + 10)`. */
function fade(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return 1 - t * t * t * (t * (6 * t - 15) + 10);
}

/** Adds the field of one edit, which is zero from its ring on. */
function addEdit(field: DisplacementField, { points, displacements, margin }: RegionEdit): void {
  const moved = points.map(([x, y], i): Point => [x + displacements[i]![0], y + displacements[i]![1]]);
  const { middle, radius } = boundPoints([...points, ...moved], margin);
  const ring = Array.from({ length: ringPoints }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / ringPoints;
    return [middle[0] + radius[0] * Math.cos(angle), middle[1] + radius[1] * Math.sin(angle)];
  });
  // From where the points come to rest back to where they came from: what a drawn pixel has to ask.
  const back = displacements.map(([x, y]): Point => [-x, -y]);
  const spline = fitThinPlateSpline([...moved, ...ring], [...back, ...ring.map((): Point => [0, 0])]);
  const inner = 1 - (1 - fadeStart) * (margin / Math.max(...radius));
  const [left, top] = [Math.max(0, Math.ceil(middle[0] - radius[0])), Math.max(0, Math.ceil(middle[1] - radius[1]))];
  const right = Math.min(field.width - 1, Math.floor(middle[0] + radius[0]));
  const bottom = Math.min(field.height - 1, Math.floor(middle[1] + radius[1]));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const weight = fade((Math.hypot((x - middle[0]) / radius[0], (y - middle[1]) / radius[1]) - inner) / (1 - inner));
      if (weight === 0) continue;
      const [u, v] = spline(x, y);
      field.x[y * field.width + x]! += weight * u;
      field.y[y * field.width + x]! += weight * v;
    }
  }
}

/**
 * Computes the field of some edits: thin-plate splines that are pinned to zero on a ring about each edit and faded out towards
 * it, so that the field and its first two derivatives are continuous everywhere.
 */
export function computeDisplacementField(
  { width, height }: ImageSize,
  edits: readonly RegionEdit[],
): DisplacementField {
  const field = { width, height, x: new Float64Array(width * height), y: new Float64Array(width * height) };
  for (const edit of edits) addEdit(field, edit);
  return field;
}

/**
 * The least determinant of the derivative of `p + field(p)` over the pixels, by differences of neighbours; above 0 nothing is
 * folded.
 */
export function findLeastJacobian({ width, height, x, y }: DisplacementField): number {
  let least = Infinity;
  for (let row = 0; row + 1 < height; row++) {
    for (let i = row * width; i < row * width + width - 1; i++) {
      const a = 1 + x[i + 1]! - x[i]!;
      const b = x[i + width]! - x[i]!;
      const c = y[i + 1]! - y[i]!;
      const d = 1 + y[i + width]! - y[i]!;
      least = Math.min(least, a * d - b * c);
    }
  }
  return least;
}

import type { PlaneSize } from './gaussian-blur.js';

/** `value = offset + slopeX x + slopeY y`, x and y in -1..1 over the plane. */
export interface Plane {
  readonly offset: number;
  readonly slopeX: number;
  readonly slopeY: number;
}

/** Residuals beyond this many grey levels lose weight: they are content (hair, make-up, a lip), not light. */
const huberLimit = 8;
const passes = 5;
/** Pulls the slopes towards 0 where the weights say little about them; a part of the total weight. */
const ridge = 0.02;

/** x and y of a pixel, each in -1..1. */
function placeOnPlane(index: number, { width, height }: PlaneSize): [number, number] {
  return [(2 * (index % width) + 1) / width - 1, (2 * Math.floor(index / width) + 1) / height - 1];
}

/** Solves the weighted normal equations of one pass, about the weighted mean, so that only a 2x2 system is left. */
function fitOnce(values: Float32Array, weights: Float32Array, size: PlaneSize): Plane {
  let [total, meanX, meanY, meanV] = [0, 0, 0, 0];
  weights.forEach((weight, i) => {
    if (weight === 0) return;
    const [x, y] = placeOnPlane(i, size);
    total += weight;
    meanX += weight * x;
    meanY += weight * y;
    meanV += weight * values[i]!;
  });
  if (total === 0) return { offset: 0, slopeX: 0, slopeY: 0 };
  [meanX, meanY, meanV] = [meanX / total, meanY / total, meanV / total];
  let [xx, xy, yy, xv, yv] = [0, 0, 0, 0, 0];
  weights.forEach((weight, i) => {
    if (weight === 0) return;
    const [x, y] = placeOnPlane(i, size);
    xx += weight * (x - meanX) ** 2;
    xy += weight * (x - meanX) * (y - meanY);
    yy += weight * (y - meanY) ** 2;
    xv += weight * (x - meanX) * (values[i]! - meanV);
    yv += weight * (y - meanY) * (values[i]! - meanV);
  });
  const spread = ridge * (xx + yy) + 1e-9;
  const determinant = (xx + spread) * (yy + spread) - xy * xy;
  const slopeX = ((yy + spread) * xv - xy * yv) / determinant;
  const slopeY = ((xx + spread) * yv - xy * xv) / determinant;
  return { offset: meanV - slopeX * meanX - slopeY * meanY, slopeX, slopeY };
}

/** Value of the plane at a pixel. */
export function evaluatePlane({ offset, slopeX, slopeY }: Plane, index: number, size: PlaneSize): number {
  const [x, y] = placeOnPlane(index, size);
  return offset + slopeX * x + slopeY * y;
}

/**
 * Fits a plane through weighted values, robustly: iteratively reweighted least squares with Huber's weights.
 *
 * @param values `[height, width]`
 * @param weights `[height, width]`, 0 or more
 */
export function fitPlane(values: Float32Array, weights: Float32Array, size: PlaneSize): Plane {
  let plane = fitOnce(values, weights, size);
  for (let pass = 1; pass < passes; pass++) {
    const robust = weights.map((weight, i) => {
      if (weight === 0) return 0;
      const residual = Math.abs(values[i]! - evaluatePlane(plane, i, size));
      return weight * Math.min(1, huberLimit / Math.max(1e-6, residual));
    });
    plane = fitOnce(values, robust, size);
  }
  return plane;
}

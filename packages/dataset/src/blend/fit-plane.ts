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

/** Solves the weighted normal equations of one pass, about the weighted mean, so that only a 2x2 system is left. */
function fitOnce(values: Float32Array, weights: Float32Array, { width, height }: PlaneSize): Plane {
  let [total, meanX, meanY, meanV] = [0, 0, 0, 0];
  for (let row = 0, i = 0; row < height; row++) {
    const y = (2 * row + 1) / height - 1;
    for (let column = 0; column < width; column++, i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      total += weight;
      meanX += weight * ((2 * column + 1) / width - 1);
      meanY += weight * y;
      meanV += weight * values[i]!;
    }
  }
  if (total === 0) return { offset: 0, slopeX: 0, slopeY: 0 };
  [meanX, meanY, meanV] = [meanX / total, meanY / total, meanV / total];
  let [xx, xy, yy, xv, yv] = [0, 0, 0, 0, 0];
  for (let row = 0, i = 0; row < height; row++) {
    const y = (2 * row + 1) / height - 1 - meanY;
    for (let column = 0; column < width; column++, i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      const x = (2 * column + 1) / width - 1 - meanX;
      const v = values[i]! - meanV;
      xx += weight * x * x;
      xy += weight * x * y;
      yy += weight * y * y;
      xv += weight * x * v;
      yv += weight * y * v;
    }
  }
  const spread = ridge * (xx + yy) + 1e-9;
  const determinant = (xx + spread) * (yy + spread) - xy * xy;
  const slopeX = ((yy + spread) * xv - xy * yv) / determinant;
  const slopeY = ((xx + spread) * yv - xy * xv) / determinant;
  return { offset: meanV - slopeX * meanX - slopeY * meanY, slopeX, slopeY };
}

/** Value of the plane at a pixel. */
export function evaluatePlane({ offset, slopeX, slopeY }: Plane, index: number, { width, height }: PlaneSize): number {
  const row = Math.floor(index / width);
  const x = (2 * (index - row * width) + 1) / width - 1;
  return offset + slopeX * x + slopeY * ((2 * row + 1) / height - 1);
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

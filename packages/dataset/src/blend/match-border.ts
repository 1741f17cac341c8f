import type { Mask, PixelImage } from '@sofd/face';
import { evaluatePlane, fitPlane } from './fit-plane.js';
import { blurGaussian } from './gaussian-blur.js';

/**
 * What is left of a difference after the plane counts for at most this many grey levels: where hair, make-up or a lip crosses
 * the border, what is different is the content and not the light.
 */
const maxResidual = 16;

/**
 * Removes the slow colour difference between source and target along the mask's border.
 *
 * The difference `target - source` is known where the mask is half open, `w = 4 m (1 - m)`. A plane through it, fitted
 * robustly, takes the light's slope; what is left is carried inwards by a normalised convolution `G * (w r) / G * w`. One light
 * on the left cheek and another on the right then leave no seam, which a single mean and deviation cannot do.
 *
 * @param source channel values `[height, width, 3]`
 * @param target image of the mask's size
 * @param options the mask, and the reach of the correction in pixels
 * @returns corrected channel values, `[height, width, 3]`; meaningful where the mask is above 0
 */
export function matchBorder(
  source: Float32Array,
  target: PixelImage,
  { mask, reach }: { readonly mask: Mask; readonly reach: number },
): Float32Array {
  const count = mask.data.length;
  const band = mask.data.map((m) => 4 * m * (1 - m));
  const size = { width: mask.width, height: mask.height };
  const weight = blurGaussian(band, size, reach);
  // Far from every border the field fades out instead of dividing by nothing.
  const floor = 1e-3 * weight.reduce((largest, value) => Math.max(largest, value), 0) + 1e-9;
  const corrected = new Float32Array(source.length);
  for (let c = 0; c < 3; c++) {
    const difference = new Float32Array(count);
    for (let i = 0; i < count; i++) difference[i] = target.data[3 * i + c]! - source[3 * i + c]!;
    const plane = fitPlane(difference, band, size);
    const residual = band.map((w, i) => {
      if (w === 0) return 0;
      const left = difference[i]! - evaluatePlane(plane, i, size);
      return w * Math.min(maxResidual, Math.max(-maxResidual, left));
    });
    const field = blurGaussian(residual, size, reach);
    for (let i = 0; i < count; i++) {
      corrected[3 * i + c] = source[3 * i + c]! + evaluatePlane(plane, i, size) + field[i]! / (weight[i]! + floor);
    }
  }
  return corrected;
}

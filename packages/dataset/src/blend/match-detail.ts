import type { Mask, PixelImage } from '@sofd/face';
import { blurGaussian } from './gaussian-blur.js';

/** Deviations in pixels that part the bands of detail: grain and edges, lashes and pores, folds. */
const deviations = [1, 2, 4, 8] as const;

/** Detail is matched by at most this factor either way: more turns the noise of a small photograph into grain. */
const maxGain = 2;

/** Brightness of `[pixels, 3]` values, as in Rec. 601. */
function readBrightness(values: ArrayLike<number>): Float32Array {
  const brightness = new Float32Array(values.length / 3);
  for (let i = 0; i < brightness.length; i++) {
    brightness[i] = 0.299 * values[3 * i]! + 0.587 * values[3 * i + 1]! + 0.114 * values[3 * i + 2]!;
  }
  return brightness;
}

/** `plane - G1 * plane`, `G1 * plane - G2 * plane`, and so on: what is finer than each deviation and coarser than the last. */
function splitBands(plane: Float32Array, size: Mask): Float32Array[] {
  let finer = plane;
  return deviations.map((sigma) => {
    const coarser = blurGaussian(plane, size, sigma);
    const band = finer.map((value, i) => value - coarser[i]!);
    finer = coarser;
    return band;
  });
}

/** Mean size of a band inside of the mask. */
function measureBand(band: Float32Array, weights: Float32Array): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < band.length; i++) {
    sum += weights[i]! * Math.abs(band[i]!);
    total += weights[i]!;
  }
  return sum / total;
}

/**
 * Gives the source the target's sharpness and grain: mean size of the brightness's detail inside of the mask, a band at a time.
 *
 * With the bands `b_k = G_(k-1) * L - G_k * L` of the brightness L, `v' = v + sum (g_k - 1) b_k` in every channel, `g_k` the
 * target's mean `|b_k|` over the source's, within 1/2..2. A sharp region in a soft face is a seam that colours alone leave.
 *
 * @param source channel values `[height, width, 3]`
 * @param target image of the mask's size
 * @param options the mask, and a factor of 1 or about 1 that every gain is multiplied by
 * @returns channel values, not rounded, `[height, width, 3]`
 * @see P. Burt, E. Adelson, "The Laplacian Pyramid as a Compact Image Code", 1983
 */
export function matchDetail(
  source: Float32Array,
  target: PixelImage,
  { mask, factor }: { readonly mask: Mask; readonly factor: number },
): Float32Array {
  const from = splitBands(readBrightness(source), mask);
  const to = splitBands(readBrightness(target.data), mask);
  const matched = Float32Array.from(source);
  from.forEach((band, k) => {
    const ratio = measureBand(to[k]!, mask.data) / Math.max(1e-3, measureBand(band, mask.data));
    const change = factor * Math.min(maxGain, Math.max(1 / maxGain, ratio)) - 1;
    for (let i = 0; i < matched.length; i++) matched[i]! += change * band[Math.floor(i / 3)]!;
  });
  return matched;
}

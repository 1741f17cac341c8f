import type { Mask, PixelImage } from '@sofd/face';
import { convertLabToRgb, convertRgbToLab } from './lab-color.js';

/** The colour space in which mean and deviation are matched. */
export type ColorSpace = 'lab' | 'rgb';

/** Deviations are matched by at most this factor: more turns noise of a flat region into grain. */
const maxGain = 1.25;

interface Statistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

function measure(pixels: ArrayLike<number>, weights: Float32Array): Statistics {
  const sum = [0, 0, 0];
  const squares = [0, 0, 0];
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    total += weight;
    for (let c = 0; c < 3; c++) {
      const value = pixels[3 * i + c]!;
      sum[c]! += weight * value;
      squares[c]! += weight * value * value;
    }
  }
  const mean = sum.map((value) => value / total);
  const deviation = squares.map((value, c) => Math.sqrt(Math.max(0, value / total - mean[c]! ** 2)));
  return { mean, deviation };
}

/**
 * Gives the source the target's mean and deviation a channel, both measured inside the mask.
 *
 * `v' = (v - mean_s) clamp(sd_t / sd_s, 1 / 1.25, 1.25) + mean_t`
 *
 * @param source image of the mask's size
 * @param target image of the mask's size
 * @param options the mask (weights of the statistics) and the colour space
 * @returns channel values of the source, about 0..255, not rounded, `[height, width, 3]`
 */
export function transferColor(
  source: PixelImage,
  target: PixelImage,
  { mask, space }: { readonly mask: Mask; readonly space: ColorSpace },
): Float32Array {
  const from = space === 'lab' ? convertRgbToLab(source.data) : Float32Array.from(source.data);
  const to = space === 'lab' ? convertRgbToLab(target.data) : target.data;
  if (!mask.data.some((weight) => weight > 0)) return Float32Array.from(source.data);
  const sourceStatistics = measure(from, mask.data);
  const targetStatistics = measure(to, mask.data);
  const gains = targetStatistics.deviation.map((deviation, c) =>
    Math.min(maxGain, Math.max(1 / maxGain, deviation / Math.max(1e-3, sourceStatistics.deviation[c]!))),
  );
  for (let i = 0; i < from.length; i++) {
    const c = i % 3;
    from[i] = (from[i]! - sourceStatistics.mean[c]!) * gains[c]! + targetStatistics.mean[c]!;
  }
  return space === 'lab' ? convertLabToRgb(from) : from;
}

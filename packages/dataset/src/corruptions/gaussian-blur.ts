import type { PixelImage } from '@sofd/face';
import { type Corruption, getLevelValue } from './corruption.js';

/**
 * Weights of a Gaussian in 256ths. Each carries the rounding error of the one before, and the centre takes what is left, so
 * that they sum to 256 and a flat image stays as it is.
 */
function computeWeights(side: number): Int32Array {
  const sigma = side / 6;
  const half = (side - 1) / 2;
  const exact = Array.from({ length: side }, (_, i) => Math.exp(-((i - half) ** 2) / (2 * sigma ** 2)));
  const sum = exact.reduce((all, value) => all + value, 0);
  const weights = new Int32Array(side);
  let error = 0;
  let rest = 256;
  for (let i = 0; i < half; i++) {
    const wanted = (256 * exact[i]!) / sum + error;
    const weight = Math.round(wanted);
    error = wanted - weight;
    weights[i] = weight;
    weights[side - 1 - i] = weight;
    rest -= 2 * weight;
  }
  weights[half] = rest;
  return weights;
}

/** Mirrors an index at the outermost pixels, which are not repeated: `c b | a b c | b a`. */
function mirror(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((index % period) + period) % period;
  return Math.min(within, period - within);
}

interface Axis {
  readonly length: number;
  /** From one value of a line to the next. */
  readonly step: number;
  /** Where each line starts. */
  readonly starts: Iterable<number>;
}

/** Convolves every line along an axis: sums of 256ths of the values. */
function convolve(values: ArrayLike<number>, weights: Int32Array, { length, step, starts }: Axis): Int32Array {
  const half = (weights.length - 1) / 2;
  const offsets = Array.from({ length: length + 2 * half }, (_, i) => mirror(i - half, length) * step);
  const output = new Int32Array(values.length);
  for (const start of starts) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * values[start + offsets[i + k]!]!;
      output[start + i * step] = sum;
    }
  }
  return output;
}

function* range(count: number, place: (index: number) => number): Generator<number, void, undefined> {
  for (let i = 0; i < count; i++) yield place(i);
}

function blur({ width, height, data }: PixelImage, side: number): PixelImage {
  const weights = computeWeights(side);
  const stride = 3 * width;
  const rows = range(3 * height, (i) => Math.floor(i / 3) * stride + (i % 3));
  const across = convolve(data, weights, { length: width, step: 3, starts: rows });
  const columns = range(stride, (i) => i);
  const both = convolve(across, weights, { length: height, step: stride, starts: columns });
  return { width, height, data: Uint8ClampedArray.from(both, (sum) => (sum + 0x8000) >> 16) };
}

const levels = [7, 9] as const;

/**
 * Gaussian blur, the recipe's `GB`: a kernel of side $k$ = 7 or 9 pixels with $\sigma = k / 6$.
 *
 * Computed in the fixed-point numbers that OpenCV takes for 8-bit images (weights in 256ths, one rounding at the end, borders
 * mirrored), so that the bytes are OpenCV's.
 *
 * @example
 * ```ts
 * const image = { width: 4, height: 4, data: new Uint8Array(48) };
 * const blurred = await gaussianBlur.apply(image, { level: 1, random: createRandom(7) });
 * ```
 */
export const gaussianBlur: Corruption = {
  name: 'gaussian-blur',
  levels,
  apply: async (image, { level }) => blur(image, getLevelValue(gaussianBlur, level)),
};

import { createRandom } from '@sofd/core';

/** Points a side of the coarse grid that the test image is drawn from. */
const grid = 7;

interface Normalized {
  readonly imageSize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Bilinear interpolation in a square grid of values, at positions 0 to 1. */
function interpolate(values: Float64Array, y: number, x: number): number {
  const [row, column] = [
    Math.min(grid - 2, Math.floor(y * (grid - 1))),
    Math.min(grid - 2, Math.floor(x * (grid - 1))),
  ];
  const [down, right] = [y * (grid - 1) - row, x * (grid - 1) - column];
  const at = (dy: number, dx: number) => values[(row + dy) * grid + column + dx]!;
  return (1 - down) * ((1 - right) * at(0, 0) + right * at(0, 1)) + down * ((1 - right) * at(1, 0) + right * at(1, 1));
}

/**
 * The image that a checkpoint's known answer is computed from: smooth random blotches with a little noise, so that
 * activations stay in the range that photographs give. The same on every machine.
 *
 * @param input - size and normalisation of the model's input
 * @returns [1, imageSize, imageSize, 3], normalised
 */
export function createKnownAnswerInput({ imageSize, mean, std }: Normalized): Float32Array {
  const random = createRandom('sofd known answer');
  const coarse = [0, 1, 2].map(() => Float64Array.from({ length: grid * grid }, () => random.uniformBetween(30, 220)));
  const image = new Float32Array(imageSize * imageSize * 3);
  const last = Math.max(1, imageSize - 1);
  for (let index = 0; index < image.length; index++) {
    const channel = index % 3;
    const pixel = (index - channel) / 3;
    const value = interpolate(coarse[channel]!, Math.floor(pixel / imageSize) / last, (pixel % imageSize) / last);
    const byte = Math.round(value + random.uniformBetween(-8, 8));
    image[index] = (byte / 255 - mean[channel]!) / std[channel]!;
  }
  return image;
}

/**
 * The greatest difference between engines that is rounding: float32 sums over thousands of products, in another order,
 * differ by some 1e-5 of the largest logit; one wrong weight or one wrong operation moves logits by far more.
 *
 * @param logits - the known answer
 */
export const knownAnswerTolerance = (logits: readonly number[]): number =>
  2e-4 * Math.max(1, ...logits.map((logit) => Math.abs(logit)));

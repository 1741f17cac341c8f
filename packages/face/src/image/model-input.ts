import { assertPixelImage, type PixelImage } from './pixel-image.js';
import { resizeBicubic } from './resize-bicubic.js';

/** Red, green and blue, each for values from 0 to 1. */
export type ChannelValues = readonly [number, number, number];

/** How a model wants its images; a checkpoint records it. */
export interface ModelInputOptions {
  /** Side of the square input in pixels. */
  readonly imageSize: number;
  /** Subtracted from values scaled to 0..1. */
  readonly mean: ChannelValues;
  /** Divides the difference. */
  readonly std: ChannelValues;
}

/** Means of the images that CLIP was trained on, red, green, blue, of values from 0 to 1. */
export const clipMean: ChannelValues = [0.48145466, 0.4578275, 0.40821073];

/** Standard deviations of the images that CLIP was trained on, red, green, blue, of values from 0 to 1. */
export const clipStd: ChannelValues = [0.26862954, 0.26130258, 0.27577711];

/**
 * Normalises pixels: (value / 255 - mean) / std, in float32 at every step.
 * @returns [height, width, 3] float32
 * @throws ShapeMismatchError when the image's sides and data disagree
 * @example
 * ```ts
 * import { normalizePixels } from '@sofd/face';
 * normalizePixels({ width: 1, height: 1, data: Uint8Array.of(255, 0, 51) }, { mean: [0, 0, 0], std: [1, 1, 1] }); // [1, 0, 0.2]
 * ```
 */
export function normalizePixels(image: PixelImage, options: Pick<ModelInputOptions, 'mean' | 'std'>): Float32Array {
  assertPixelImage(image, 'normalizePixels');
  // 256 values a channel: the table holds every result, rounded where a float32 computation rounds.
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    const mean = Math.fround(options.mean[channel]!);
    const std = Math.fround(options.std[channel]!);
    for (let value = 0; value < 256; value++) {
      table[channel * 256 + value] = Math.fround(Math.fround(value / 255) - mean) / std;
    }
  }
  const { data } = image;
  const output = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    output[i] = table[data[i]!]!;
    output[i + 1] = table[256 + data[i + 1]!]!;
    output[i + 2] = table[512 + data[i + 2]!]!;
  }
  return output; // [height, width, 3]
}

/**
 * Turns a face crop into a model's input: bicubic resize to a square, then normalisation.
 * @param image RGB; a picture that is not square is squeezed
 * @returns [imageSize, imageSize, 3] float32
 * @throws ShapeMismatchError when the image's sides and data disagree
 * @example
 * ```ts
 * import { clipMean, clipStd, toModelInput } from '@sofd/face';
 * const crop = { width: 317, height: 317, data: new Uint8Array(317 * 317 * 3) };
 * toModelInput(crop, { imageSize: 224, mean: clipMean, std: clipStd }).length; // 150528
 * ```
 */
export function toModelInput(image: PixelImage, { imageSize, mean, std }: ModelInputOptions): Float32Array {
  return normalizePixels(resizeBicubic(image, { width: imageSize, height: imageSize }), { mean, std });
}

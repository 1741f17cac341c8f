import { type Batch, ShapeMismatchError } from '@sofd/core';
import { flattenTree, readTensor, tensorFrom, tidy } from '@sofd/tensor';
import type { ModelConfig } from './config/model-config.js';
import { visionEncoderOf } from './encode.js';
import { joinParameters, type ModelParameters } from './parameters/model-parameters.js';

/** How many images are computed at once: more costs memory and gains no speed. */
const chunkSize = 16;

/** How many numbers the features of one image are. */
export const countFeatureValues = (config: ModelConfig): number =>
  visionEncoderOf(config).featureShape.reduce((product, size) => product * size, 1);

/**
 * The frozen part of the vision encoder over many images, off the device: what training needs to know of them.
 *
 * @param config - the model
 * @param params - its parameters
 * @param images - [count, imageSize, imageSize, 3], normalised
 * @returns [count, ...featureShape]; `images` itself where nothing is frozen
 * @throws ShapeMismatchError when `images` is not a whole number of images
 */
export async function computeFeatures(
  config: ModelConfig,
  params: ModelParameters,
  images: Float32Array,
): Promise<Float32Array> {
  const encoder = visionEncoderOf(config);
  const { imageSize } = encoder;
  const pixels = imageSize ** 2 * 3;
  const count = images.length / pixels;
  if (!Number.isInteger(count)) {
    throw new ShapeMismatchError(
      `computeFeatures: expected images of ${imageSize}x${imageSize}x3 numbers, got ${images.length} numbers; resize the images to the model's input.`,
    );
  }
  const { freeze } = encoder;
  if (freeze === undefined) return images;
  const width = countFeatureValues(config);
  const features = new Float32Array(count * width);
  for (let start = 0; start < count; start += chunkSize) {
    const size = Math.min(chunkSize, count - start);
    const chunk = images.subarray(start * pixels, (start + size) * pixels);
    const result = tidy(() => freeze(params.vision, tensorFrom(chunk, [size, imageSize, imageSize, 3]))); // [size, ...featureShape]
    features.set(await readTensor(result), start * width);
    result.dispose();
  }
  return features;
}

/**
 * Sets the parameters that are statistics of the training set: the mean and deviation of a pooled stem's features.
 *
 * @param config - the model
 * @param params - its parameters; those replaced are disposed of, the others are shared with the result
 * @param features - [count, ...featureShape] of the training images, from {@link computeFeatures}
 * @returns the parameters to train from; `params` itself for an encoder without such statistics
 */
export function fitFeatureStatistics(
  config: ModelConfig,
  params: ModelParameters,
  features: Float32Array,
): ModelParameters {
  const { fit } = visionEncoderOf(config);
  if (fit === undefined) return params;
  const all = Object.fromEntries(flattenTree(params));
  for (const [name, values] of Object.entries(fit(features, features.length / countFeatureValues(config)))) {
    const key = `vision.${name}`;
    const { shape } = all[key]!;
    all[key]!.dispose();
    all[key] = tensorFrom(values, shape);
  }
  return joinParameters(config, all);
}

/**
 * Replaces the images of a set by their features, so that training computes what is frozen once an image.
 *
 * @param config - the model
 * @param params - its parameters
 * @param set - rows whose `images` are images
 * @returns the same rows; `images` holds [size, ...featureShape], and `imageSize` is 0 where these are no images
 * @example
 * ```ts
 * const features = await computeFeatureSet(config, params, rows);
 * ```
 */
export async function computeFeatureSet(config: ModelConfig, params: ModelParameters, set: Batch): Promise<Batch> {
  const features = await computeFeatures(config, params, set.images);
  return features === set.images ? set : { ...set, images: features, imageSize: 0 };
}

import type { Tensor } from '@sofd/tensor';
import type { ModelConfig } from './config/model-config.js';
import { jointHead } from './joint-head/joint-head.js';
import type { ModelParameters } from './parameters/model-parameters.js';
import { textEncoder } from './text-encoder/text-encoder.js';
import type { TokenBatch } from './tokenizer/token-batch.js';
import { createVisionEncoder } from './vision-encoder/create-vision-encoder.js';
import type { VisionEncoder } from './vision-encoder/vision-encoder.js';

/** The vision encoder of a model: image size, normalisation, feature shape and the two halves of its computation. */
export const visionEncoderOf = ({ vision, embedDim }: ModelConfig): VisionEncoder =>
  createVisionEncoder(vision, embedDim);

/**
 * The frozen part of the vision encoder: what training needs to know of an image, computed once.
 *
 * @param config - the model
 * @param params - its parameters
 * @param images - [batch, imageSize, imageSize, 3], normalised
 * @returns [batch, ...featureShape]; the images themselves where nothing is frozen
 */
export function freezeImages(config: ModelConfig, params: ModelParameters, images: Tensor): Tensor {
  return visionEncoderOf(config).freeze?.(params.vision, images) ?? images;
}

/**
 * The trained part of the vision encoder.
 *
 * @param config - the model
 * @param params - its parameters
 * @param features - [batch, ...featureShape] from {@link freezeImages}
 * @returns [batch, embedDim], not normalised; differentiable in the parameters that train
 */
export function encodeFeatures(config: ModelConfig, params: ModelParameters, features: Tensor): Tensor {
  return visionEncoderOf(config).encode(params.vision, features);
}

/**
 * Embeddings of images.
 *
 * @param config - the model
 * @param params - its parameters
 * @param images - [batch, imageSize, imageSize, 3], normalised
 * @returns [batch, embedDim], not normalised
 */
export function encodeImages(config: ModelConfig, params: ModelParameters, images: Tensor): Tensor {
  return encodeFeatures(config, params, freezeImages(config, params, images));
}

/**
 * Embeddings of sentences.
 *
 * @param config - the model
 * @param params - its parameters
 * @param tokens - from `tokenizePrompts`
 * @returns [labels, embedDim], not normalised; differentiable
 */
export function encodeTexts(config: ModelConfig, params: ModelParameters, tokens: TokenBatch): Tensor {
  return textEncoder(config.text, params.text, { tokens });
}

/**
 * Logits of all labels for all images.
 *
 * @param config - the model
 * @param params - its parameters; only the head's are used
 * @param embeddings - image [batch, embedDim] and text [labels, embedDim]
 * @returns [batch, labels]; `official`: ⟨image, text⟩ / 10
 * @see method.md section 2
 */
export function computeLogits(
  config: ModelConfig,
  params: Pick<ModelParameters, 'head'>,
  embeddings: { readonly image: Tensor; readonly text: Tensor },
): Tensor {
  return jointHead(config, params.head, embeddings);
}

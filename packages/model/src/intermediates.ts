import { InvalidOptionError } from '@sofd/core';
import { type Tensor, tidy } from '@sofd/tensor';
import type { ModelConfig } from './config/model-config.js';
import { freezeImages, visionEncoderOf } from './encode.js';
import type { ModelParameters } from './parameters/model-parameters.js';
import { textEncoder } from './text-encoder/text-encoder.js';
import type { TokenBatch } from './tokenizer/token-batch.js';
import type { Observe } from './transformer/observe.js';

/** What {@link computeIntermediates} looks into, and what for. */
export interface IntermediatesOptions {
  /** [batch, imageSize, imageSize, 3], normalised. */
  readonly images?: Tensor;
  /** From `tokenizePrompts`. */
  readonly tokens?: TokenBatch;
  /** Which intermediates to return. */
  readonly names: readonly string[];
}

/**
 * What the encoders compute on their way to the embeddings: attention maps, tokens, the outputs of blocks.
 *
 * | name                      | what                                                            | shape                             |
 * | ------------------------- | --------------------------------------------------------------- | --------------------------------- |
 * | `vision.patches`          | the projected patches                                           | [batch, patches, width]           |
 * | `vision.tokens`           | what the first block reads, class token first                   | [batch, tokens, width]            |
 * | `vision.blocks.0.attention` | softmax(q kᵀ / √d): row by row, how a token weighs the others | [batch, heads, tokens, tokens]    |
 * | `vision.blocks.0.output`  | what a block gives to the next                                  | [batch, tokens, width]            |
 * | `vision.normalized`       | the last output after the last layer norm                       | [batch, tokens, width]            |
 * | `vision.embedding`        | as `encodeImages`                                               | [batch, embedDim]                 |
 *
 * The text encoder has the same names under `text`, but for `patches`. A pooled stem has `vision.standardized`,
 * [batch, features], and `vision.embedding`. Everything is differentiable in the parameters.
 *
 * @param config - the model
 * @param params - its parameters
 * @param options - images, tokens or both; and names
 * @returns a tensor for each name, which the caller disposes of
 * @throws InvalidOptionError for a name that the encoders of what is given do not have
 * @example
 * ```ts
 * import { createRandom, faceForensics } from '@sofd/core';
 * import { computeIntermediates, createParameters, defineModelConfig, modelPresets } from '@sofd/model';
 * import { ones, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const config = defineModelConfig(modelPresets.tiny, faceForensics);
 * const params = createParameters(config, createRandom(1));
 * const name = 'vision.blocks.0.attention';
 * const { [name]: maps } = computeIntermediates(config, params, { images: ones([1, 32, 32, 3]), names: [name] });
 * maps?.shape; // [1, 1, 5, 5]
 * ```
 */
export function computeIntermediates(
  config: ModelConfig,
  params: ModelParameters,
  { images, tokens, names }: IntermediatesOptions,
): Readonly<Record<string, Tensor>> {
  return tidy(() => {
    const passed = new Set<string>();
    const found: Record<string, Tensor> = {};
    const observeAs =
      (encoder: 'vision' | 'text'): Observe =>
      (name, compute) => {
        const full = `${encoder}.${name}`;
        passed.add(full);
        if (names.includes(full)) found[full] = compute();
      };
    if (images !== undefined) {
      const observe = observeAs('vision');
      const embedding = visionEncoderOf(config).encode(params.vision, freezeImages(config, params, images), observe); // [batch, embedDim]
      observe('embedding', () => embedding);
    }
    if (tokens !== undefined) {
      const observe = observeAs('text');
      const embedding = textEncoder(config.text, params.text, { tokens, observe }); // [count, embedDim]
      observe('embedding', () => embedding);
    }
    const unknown = names.filter((name) => !passed.has(name));
    if (unknown.length > 0) {
      throw new InvalidOptionError(
        `computeIntermediates: expected names among ${[...passed].join(', ')}, got ${unknown.join(', ')}; correct them, and give images for those of vision, tokens for those of text.`,
      );
    }
    return found;
  });
}

import {
  add,
  embedTokens,
  layerNorm,
  matMul,
  type ParameterTree,
  reshape,
  slice,
  type Tensor,
  tensorFrom,
} from '@sofd/tensor';
import { normal, normSpecs, type ParametersOf } from '../parameters/parameter-spec.js';
import type { TokenBatch } from '../tokenizer/token-batch.js';
import { countTokens } from '../tokenizer/tokenizer-config.js';
import type { Observe } from '../transformer/observe.js';
import { transformer, transformerSpecs } from '../transformer/transformer.js';
import type { TextEncoderConfig } from './text-encoder-config.js';

/** The parameters of the text encoder, with CLIP's initial deviations. */
export const textEncoderSpecs = (config: TextEncoderConfig, embedDim: number) => ({
  tokenEmbedding: normal([countTokens(config.tokenizer), config.width], 0.02),
  positions: normal([config.contextLength, config.width], 0.01),
  blocks: transformerSpecs(config),
  normAfter: normSpecs(config.width),
  projection: normal([config.width, embedDim], config.width ** -0.5),
});

/** The parameters of the text encoder. */
export type TextParameters = ParametersOf<ReturnType<typeof textEncoderSpecs>>;

/** [count, count · length] with a one where a sentence has its end token: a gather that has a gradient everywhere. */
function selectEnds({ count, length, ends }: TokenBatch): Tensor {
  const selection = new Float32Array(count * count * length);
  for (const [row, end] of ends.entries()) selection[row * count * length + row * length + end] = 1;
  return tensorFrom(selection, [count, count * length]);
}

interface TextInput {
  readonly tokens: TokenBatch;
  readonly observe?: Observe | undefined;
}

/**
 * CLIP's text transformer: tokens and positions through causally masked pre-norm blocks; the row of the end token,
 * normalised and projected, is the embedding.
 *
 * @param config - `model.text`
 * @param params - its parameters
 * @param input - `tokens`: ids [count, length], length at most `contextLength`; `observe`: is told of intermediates
 * @returns [count, embedDim], not normalised
 * @see method.md section 2
 */
export function textEncoder(config: TextEncoderConfig, params: ParameterTree, { tokens, observe }: TextInput): Tensor {
  const { tokenEmbedding, positions, blocks, normAfter, projection } = params as TextParameters;
  const { count, length } = tokens;
  const { width, heads } = config;
  const embedded = reshape(embedTokens(tokens.ids, tokenEmbedding), [count, length, width]); // [count, length, width]
  const placed = add(embedded, reshape(slice(positions, [0, 0], [length, width]), [1, length, width])); // [count, length, width]
  observe?.('tokens', () => placed);
  const stream = transformer(placed, blocks, { heads, causal: true, observe }); // [count, length, width]
  observe?.('normalized', () => layerNorm(stream, normAfter));
  const ends = matMul(selectEnds(tokens), reshape(stream, [count * length, width])); // [count, width]
  return matMul(layerNorm(ends, normAfter), projection); // [count, embedDim]
}

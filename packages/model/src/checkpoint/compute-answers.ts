import type { LabelGraph } from '@sofd/core';
import { readTensor, type Tensor, tensorFrom, tidy } from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import { computeLogits, encodeImages, encodeTexts, visionEncoderOf } from '../encode.js';
import { createLazyParameters } from '../parameters/lazy-parameters.js';
import { type ModelParameters, modelSpecs } from '../parameters/model-parameters.js';
import type { WeightArrays } from '../parameters/weight-arrays.js';
import type { TokenBatch } from '../tokenizer/token-batch.js';
import { tokenizePrompts } from '../tokenizer/tokenize-prompts.js';

const tokenEmbedding = 'text.tokenEmbedding';

/** The tokens that occur, numbered anew, and the rows of the embedding that they have. */
function takeTokens(tokens: TokenBatch, { shape, data }: WeightArrays[string]) {
  const [, width = 0] = shape;
  const used = [...new Set(tokens.ids)];
  const values = new Float32Array(used.length * width); // [used, width]
  for (const [row, id] of used.entries()) values.set(data.subarray(id * width, (id + 1) * width), row * width);
  const numbers = new Map(used.map((id, row) => [id, row]));
  const ids = tokens.ids.map((id) => numbers.get(id)!);
  return { tokens: { ...tokens, ids }, rows: { shape: [used.length, width], data: values } };
}

async function readAndDispose(tensor: Tensor): Promise<Float32Array> {
  try {
    return await readTensor(tensor);
  } finally {
    tensor.dispose();
  }
}

/** A model off the device, and the image that it is asked about. */
export interface Question {
  readonly graph: LabelGraph;
  readonly config: ModelConfig;
  readonly weights: WeightArrays;
  /** [1, imageSize, imageSize, 3], normalised. */
  readonly image: Float32Array;
}

/**
 * The text embeddings of a model. A parameter is on the engine while it is needed: a transformer block at a time, and of
 * the token embedding the rows of the prompts.
 *
 * @returns [labels, embedDim]
 */
export async function computeTextEmbeddings({ graph, config, weights }: Omit<Question, 'image'>) {
  const { tokens, rows } = takeTokens(tokenizePrompts(config, graph), weights[tokenEmbedding]!);
  const params = createLazyParameters(modelSpecs(config), (name) => {
    const { data, shape } = name === tokenEmbedding ? rows : weights[name]!;
    return tensorFrom(data, shape);
  }) as ModelParameters;
  return readAndDispose(tidy(() => encodeTexts(config, params, tokens))); // [labels, embedDim]
}

/**
 * The logits of a model for one image and text embeddings [labels, embedDim], a transformer block on the engine at a time.
 *
 * @returns [labels]
 */
export async function computeImageLogits(
  { graph, config, weights, image }: Question,
  textEmbeddings: Float32Array,
): Promise<Float32Array> {
  const { imageSize } = visionEncoderOf(config);
  const params = createLazyParameters(modelSpecs(config), (name) => {
    const { data, shape } = weights[name]!;
    return tensorFrom(data, shape);
  }) as ModelParameters;
  const logits = tidy(() => {
    const embedding = encodeImages(config, params, tensorFrom(image, [1, imageSize, imageSize, 3])); // [1, embedDim]
    const text = tensorFrom(textEmbeddings, [graph.labels.length, config.embedDim]);
    return computeLogits(config, params, { image: embedding, text }); // [1, labels]
  });
  return readAndDispose(logits);
}

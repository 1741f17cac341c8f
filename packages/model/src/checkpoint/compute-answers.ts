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
 * The text embeddings of a model and its logits for one image. A parameter is on the engine while it is needed: a
 * transformer block at a time, and of the token embedding the rows of the prompts.
 *
 * @returns text embeddings [labels, embedDim], and logits [labels]
 */
export async function computeAnswers({ graph, config, weights, image }: Question) {
  const { imageSize } = visionEncoderOf(config);
  const { tokens, rows } = takeTokens(tokenizePrompts(config, graph), weights[tokenEmbedding]!);
  const params = createLazyParameters(modelSpecs(config), (name) => {
    const { data, shape } = name === tokenEmbedding ? rows : weights[name]!;
    return tensorFrom(data, shape);
  }) as ModelParameters;
  const textEmbeddings = await readAndDispose(tidy(() => encodeTexts(config, params, tokens))); // [labels, embedDim]
  const logits = tidy(() => {
    const embedding = encodeImages(config, params, tensorFrom(image, [1, imageSize, imageSize, 3])); // [1, embedDim]
    const text = tensorFrom(textEmbeddings, [graph.labels.length, config.embedDim]);
    return computeLogits(config, params, { image: embedding, text }); // [1, labels]
  });
  return { textEmbeddings, logits: await readAndDispose(logits) };
}

import { gunzipSync } from 'node:zlib';
import { faceForensics as graph } from '@sofd/core';
import { readTensor, type Tensor, tensorFrom, tidy } from '@sofd/tensor';
import { compareNumbers, type OracleGroup } from '@sofd-internal/oracle';
import { expect } from 'vitest';
import type { ModelConfig } from '../src/config/model-config.js';
import { bytesSource } from '../src/convert/byte-source.js';
import { loadClip } from '../src/convert/load-clip.js';
import { openWeightFile } from '../src/convert/open-weight-file.js';
import { computeLogits, encodeImages, encodeTexts } from '../src/encode.js';
import { computeMarginalsOnDevice } from '../src/joint-head/marginals-on-device.js';
import type { ModelParameters } from '../src/parameters/model-parameters.js';
import type { ClipTokenizerConfig } from '../src/tokenizer/clip/clip-tokenizer-config.js';
import { createTokenBatch, type TokenBatch } from '../src/tokenizer/token-batch.js';

/** The images of a group, [count, 3, height, width] there, with the channels last. */
export function readImages(group: OracleGroup): { readonly pixels: Float32Array; readonly shape: readonly number[] } {
  const { data, shape } = group.array('images');
  const [count, channels, height, width] = shape as [number, number, number, number];
  const area = height * width;
  const pixels = Float32Array.from(data, (_, index) => {
    const channel = index % channels;
    const position = Math.floor(index / channels);
    return data[(Math.floor(position / area) * channels + channel) * area + (position % area)]!;
  });
  return { pixels, shape: [count, height, width, channels] };
}

/** The prompts of a group, at the full context of 77. */
export const readTokens = (group: OracleGroup): TokenBatch => {
  const { data, shape } = group.array('tokens');
  return createTokenBatch(Int32Array.from(data), shape[0]!);
};

/** The tokenizer of a group: the prompts of the graph with the ids that the group has for them. */
export function readTokenizer(group: OracleGroup): ClipTokenizerConfig {
  const { ids, length, ends } = readTokens(group);
  const sentences = graph.prompts.map((prompt, row) => [
    prompt,
    [...ids.subarray(row * length, row * length + ends[row]! + 1)],
  ]);
  const { config } = group.manifest as unknown as { readonly config: { readonly vocab_size: number } };
  return { kind: 'clip', size: config.vocab_size, sentences: Object.fromEntries(sentences) };
}

const findTrainingState = (group: OracleGroup): string | undefined =>
  Object.keys(group.manifest.files).find((name) => /^ckpt_epoch_\d+\.pth(\.gz)?$/.test(name));

/** Whether a group has its float32 weights; the compact selection has only those in half precision. */
export const hasTrainingState = (group: OracleGroup): boolean => findTrainingState(group) !== undefined;

/** The file with the training state of a group. */
export const readTrainingState = (group: OracleGroup): Uint8Array => {
  const file = findTrainingState(group)!;
  const bytes = group.bytes(file);
  return file.endsWith('.gz') ? new Uint8Array(gunzipSync(bytes)) : bytes;
};

/** The model of a file of weights. */
export const loadWeights = async (group: OracleGroup, bytes: Uint8Array) =>
  loadClip(await openWeightFile(bytesSource(bytes)), graph, { tokenizer: readTokenizer(group) });

/** What the model says to the images and tokens of a group, by the names of its arrays. */
export async function computeAll(
  config: ModelConfig,
  params: ModelParameters,
  input: ReturnType<typeof readImages> & { readonly tokens: TokenBatch },
): Promise<Readonly<Record<string, Float32Array>>> {
  const results = tidy(() => {
    const image = encodeImages(config, params, tensorFrom(input.pixels, input.shape));
    const text = encodeTexts(config, params, input.tokens);
    const logits = computeLogits(config, params, { image, text });
    return [image, text, logits, computeMarginalsOnDevice(graph, logits)];
  }) as Tensor[];
  const [image_features, text_features, joint_logits, marginals] = (await Promise.all(results.map(readTensor))) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (const result of results) result.dispose();
  return { image_features, text_features, logits_per_image: joint_logits, joint_logits, marginals };
}

/** Expects an array of a group within the tolerance that the group states. */
export function expectArray(group: OracleGroup, array: string, actual: ArrayLike<number>): void {
  const comparison = compareNumbers(actual, group.array(array).data, group.tolerance(array));
  expect({ array, ...comparison }).toMatchObject({ array, outside: 0 });
}

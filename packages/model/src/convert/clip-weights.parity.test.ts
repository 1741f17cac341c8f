import { gunzipSync } from 'node:zlib';
import { wasm } from '@sofd/backend-wasm';
import { faceForensics as graph } from '@sofd/core';
import { assertNoLeak, disposeTree, readTensor, type Tensor, tensorFrom, tidy, useBackend } from '@sofd/tensor';
import { compareNumbers, describeOracle, type OracleGroup, oracleGroup } from '@sofd-internal/oracle';
import { beforeAll, expect, it } from 'vitest';
import type { ModelConfig } from '../config/model-config.js';
import { computeLogits, encodeImages, encodeTexts } from '../encode.js';
import { computeMarginalsOnDevice } from '../joint-head/marginals-on-device.js';
import type { ModelParameters } from '../parameters/model-parameters.js';
import type { ClipTokenizerConfig } from '../tokenizer/clip/clip-tokenizer-config.js';
import { createTokenBatch, type TokenBatch } from '../tokenizer/token-batch.js';
import { bytesSource } from './byte-source.js';
import { loadClip } from './load-clip.js';
import { openWeightFile } from './open-weight-file.js';

beforeAll(() => useBackend(wasm()));

/** The images of a group, [count, 3, height, width] there, with the channels last. */
function readImages(group: OracleGroup): { readonly pixels: Float32Array; readonly shape: readonly number[] } {
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

const readTokens = (group: OracleGroup): TokenBatch => {
  const { data, shape } = group.array('tokens');
  return createTokenBatch(Int32Array.from(data), shape[0]!);
};

/** The tokenizer of a group: the prompts of the graph with the ids that the group has for them. */
function readTokenizer(group: OracleGroup, size: number): ClipTokenizerConfig {
  const { ids, length, ends } = readTokens(group);
  const sentences = graph.prompts.map((prompt, row) => [
    prompt,
    [...ids.subarray(row * length, row * length + ends[row]! + 1)],
  ]);
  return { kind: 'clip', size, sentences: Object.fromEntries(sentences) };
}

/** What the model says to the images and tokens of a group. */
async function computeAll(group: OracleGroup, config: ModelConfig, params: ModelParameters) {
  const { pixels, shape } = readImages(group);
  const results = tidy(() => {
    const image = encodeImages(config, params, tensorFrom(pixels, shape));
    const text = encodeTexts(config, params, readTokens(group));
    const logits = computeLogits(config, params, { image, text });
    return [image, text, logits, computeMarginalsOnDevice(graph, logits)];
  }) as Tensor[];
  const [image_features, text_features, joint_logits, marginals] = await Promise.all(results.map(readTensor));
  for (const result of results) result.dispose();
  return { image_features, text_features, joint_logits, marginals };
}

async function expectParity(
  group: OracleGroup,
  bytes: Uint8Array,
  { prefix = '', size }: { prefix?: string; size: number },
) {
  const tokenizer = readTokenizer(group, size);
  await assertNoLeak(async () => {
    const { config, params } = await loadClip(await openWeightFile(bytesSource(bytes)), graph, { tokenizer });
    for (const [name, values] of Object.entries(await computeAll(group, config, params))) {
      const array = `${prefix}${name}`;
      const comparison = compareNumbers(values!, group.array(array).data, group.tolerance(array));
      expect({ array, ...comparison }).toMatchObject({ array, outside: 0 });
    }
    disposeTree(params);
  });
}

describeOracle('clip_tiny/A_realvocab', (group) => {
  it('the published training state gives the published embeddings, logits and marginals', async () => {
    await expectParity(group, new Uint8Array(gunzipSync(group.bytes('ckpt_epoch_3.pth.gz'))), { size: 49_408 });
  });

  it('fifty other texts have the published embeddings', async () => {
    const texts = oracleGroup('tokenizer')!.array('ids_ftfy');
    const [count, length] = [50, texts.shape[1]!];
    const ids = Int32Array.from(texts.data.subarray(10 * length, (10 + count) * length));
    const bytes = new Uint8Array(gunzipSync(group.bytes('ckpt_epoch_3.pth.gz')));
    const { config, params } = await loadClip(await openWeightFile(bytesSource(bytes)), graph);
    const features = tidy(() => encodeTexts(config, params, createTokenBatch(ids, count)));
    const { data } = group.array('extra_text_features');
    const tolerance = group.tolerance('extra_text_features');
    expect(compareNumbers(await readTensor(features), data, tolerance)).toMatchObject({ outside: 0 });
    disposeTree({ params, features });
  });

  it('no word of the prompts needs a vocabulary', async () => {
    const bytes = new Uint8Array(gunzipSync(group.bytes('ckpt_epoch_3.pth.gz')));
    const { config, params } = await loadClip(await openWeightFile(bytesSource(bytes)), graph);
    expect(config.text.tokenizer).toEqual(readTokenizer(group, 49_408));
    disposeTree(params);
  });
});

describeOracle('clip_tiny/B_formats', (group) => {
  const formats = [
    ['ckpt_epoch_3.pth', 'training state', ''],
    ['ckpt_legacy.pth', 'training state before PyTorch 1.6', ''],
    ['model_hf.safetensors', 'Hugging Face', ''],
    ['model_openai.safetensors', "OpenAI's names", ''],
    ['ckpt_fp16.pth', 'half precision', 'fp16w_'],
    ['state_dict_fp16.pt', 'state dict', 'fp16w_'],
    ['ViT-Tiny.pt', 'TorchScript archive', 'fp16w_'],
    ['state_dict_allhalf.pt', 'half precision before PyTorch 1.6', 'allhalf_'],
  ] as const;
  it.each(formats)('%s (%s) gives the published embeddings, logits and marginals', (file, _, prefix) =>
    expectParity(group, group.bytes(file), { prefix, size: 512 }),
  );
});

import { wasm } from '@sofd/backend-wasm';
import { faceForensics as graph } from '@sofd/core';
import { assertNoLeak, disposeTree, mapTree, readTensor, tensorFrom, tidy, useBackend } from '@sofd/tensor';
import { describeOracle, type OracleGroup, oracleGroup } from '@sofd-internal/oracle';
import { beforeAll, expect, it } from 'vitest';
import {
  computeAll,
  expectArray,
  loadWeights,
  readImages,
  readTokenizer,
  readTokens,
  readTrainingState,
} from '../../testing/oracle-clip.js';
import { roundToHalf } from '../../testing/round-to-half.js';
import { encodeTexts } from '../encode.js';
import type { ModelParameters } from '../parameters/model-parameters.js';
import { createTokenBatch } from '../tokenizer/token-batch.js';
import { tokenizePrompts } from '../tokenizer/tokenize-prompts.js';
import { bytesSource } from './byte-source.js';
import { loadClip } from './load-clip.js';
import { openWeightFile } from './open-weight-file.js';

beforeAll(() => useBackend(wasm()));

const readInput = (group: OracleGroup) => ({ ...readImages(group), tokens: readTokens(group) });

async function expectParity(group: OracleGroup, bytes: Uint8Array, prefix = '') {
  await assertNoLeak(async () => {
    const { config, params } = await loadWeights(group, bytes);
    const computed = await computeAll(config, params, readInput(group));
    for (const [name, values] of Object.entries(computed)) expectArray(group, `${prefix}${name}`, values);
    disposeTree(params);
  });
}

/** What the published loader keeps in half precision: patches, linear layers and projections, not norms and embeddings. */
const isHalf = (name: string) => /patchProjection|projection|attention|expand|contract/.test(name);

async function roundWeights(params: ModelParameters): Promise<ModelParameters> {
  const values = new Map<string, Float32Array>();
  const read: Promise<void>[] = [];
  mapTree(params, (leaf, name) => {
    read.push(readTensor(leaf).then((data) => void values.set(name, Float32Array.from(data))));
    return leaf;
  });
  await Promise.all(read);
  return mapTree(params, (leaf, name) => {
    const data = values.get(name)!;
    return tensorFrom(isHalf(name) ? data.map(roundToHalf) : data, leaf.shape);
  });
}

describeOracle('clip_tiny/A_realvocab', (group) => {
  it('the published training state gives the published embeddings, logits and marginals', () =>
    expectParity(group, readTrainingState(group)));

  it('rounded to half precision as the published loader does, it gives those numbers', async () => {
    const { config, params } = await loadWeights(group, readTrainingState(group));
    const rounded = await roundWeights(params);
    const input = readInput(group);
    const computed = await computeAll(config, rounded, input);
    for (const [name, values] of Object.entries(computed)) expectArray(group, `fp16w_${name}`, values);
    const halfImages = await computeAll(config, rounded, { ...input, pixels: input.pixels.map(roundToHalf) });
    expectArray(group, 'fp16w_fp16img_joint_logits', halfImages.joint_logits!);
    disposeTree({ params, rounded });
  });

  it('fifty other texts have the published embeddings', async () => {
    const texts = oracleGroup('tokenizer')!.array('ids_ftfy');
    const [count, length] = [50, texts.shape[1]!];
    const ids = Int32Array.from(texts.data.subarray(10 * length, (10 + count) * length));
    const { config, params } = await loadWeights(group, readTrainingState(group));
    const features = tidy(() => encodeTexts(config, params, createTokenBatch(ids, count)));
    expectArray(group, 'extra_text_features', await readTensor(features));
    disposeTree({ params, features });
  });

  it('the prompts cut to the longest one have the published embeddings of 77 tokens', async () => {
    const { config, params } = await loadWeights(group, readTrainingState(group));
    const tokens = tokenizePrompts(config, graph);
    expect(tokens.length).toBeLessThan(readTokens(group).length);
    const features = tidy(() => encodeTexts(config, params, tokens));
    expectArray(group, 'text_features', await readTensor(features));
    disposeTree({ params, features });
  });

  it('no word of the prompts needs a vocabulary', async () => {
    const { config, params } = await loadClip(await openWeightFile(bytesSource(readTrainingState(group))), graph);
    expect(config.text.tokenizer).toEqual(readTokenizer(group));
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
  const present = formats.filter(([file]) => file in group.manifest.files);
  it.each(present)('%s (%s) gives the published embeddings, logits and marginals', (file, _, prefix) =>
    expectParity(group, group.bytes(file), prefix),
  );
});

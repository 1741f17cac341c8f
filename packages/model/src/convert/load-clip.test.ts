import { wasm } from '@sofd/backend-wasm';
import { CheckpointFormatError, createRandom, faceForensics as graph, InvalidOptionError } from '@sofd/core';
import {
  assertNoLeak,
  countTensors,
  disposeTree,
  encodeSafetensors,
  flattenTree,
  readTensor,
  type SafetensorsTensor,
  useBackend,
} from '@sofd/tensor';
import { describeOracle } from '@sofd-internal/oracle';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineModelConfig, type ModelConfig } from '../config/model-config.js';
import { modelPresets } from '../config/model-presets.js';
import { createParameters, type ModelParameters, modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import type { WeightArrays } from '../parameters/weight-arrays.js';
import { deriveClipTokenizer } from '../tokenizer/clip/derive-clip-tokenizer.js';
import { bytesSource } from './byte-source.js';
import { readClipArchitecture } from './clip-architecture.js';
import { encodeOpenAiWeights } from './encode-openai-weights.js';
import { matchKeys } from './keys/match-keys.js';
import { openAiKeys } from './keys/openai-keys.js';
import { type ClipOptions, loadClip } from './load-clip.js';
import { openWeightFile } from './open-weight-file.js';
import type { StoredTensor } from './weight-file.js';

/** CLIP's ids, of which a small model keeps few: start, end and a handful of words. */
const tokenizer = {
  kind: 'clip' as const,
  size: 40,
  sentences: Object.fromEntries(graph.prompts.map((prompt, index) => [prompt, [38, index, 39]])),
};
const config = defineModelConfig(
  {
    preset: 'cosine',
    embedDim: 24,
    vision: { kind: 'vit', imageSize: 48, patchSize: 16, width: 128, depth: 2 },
    text: { width: 64, depth: 3, contextLength: 20, tokenizer },
  },
  graph,
);

beforeAll(() => useBackend(wasm()));

async function readWeights(params: ModelParameters): Promise<WeightArrays> {
  const entries: [string, { shape: readonly number[]; data: Float32Array }][] = [];
  for (const [name, tensor] of flattenTree(params))
    entries.push([name, { shape: tensor.shape, data: await readTensor(tensor) }]);
  return Object.fromEntries(entries);
}

async function createWeights(model: ModelConfig): Promise<WeightArrays> {
  const params = createParameters(model, createRandom(1));
  const weights = await readWeights(params);
  disposeTree(params);
  return weights;
}

const encode = (model: ModelConfig, weights: WeightArrays) =>
  new Uint8Array(Buffer.concat([...encodeOpenAiWeights(model, weights)]));

async function load(bytes: Uint8Array, options: ClipOptions = {}) {
  return loadClip(await openWeightFile(bytesSource(bytes)), graph, { tokenizer, preset: 'cosine', ...options });
}

/** The tensors of a model's file in OpenAI's names, to be changed. */
async function createTensors(): Promise<Record<string, SafetensorsTensor>> {
  const { tensors } = await openWeightFile(bytesSource(encode(config, await createWeights(config))));
  const entries: [string, SafetensorsTensor][] = [];
  for (const [name, { shape, read }] of tensors)
    entries.push([name, { dtype: 'F32', shape, data: new Float32Array((await read()).slice().buffer) }]);
  return Object.fromEntries(entries);
}

describe("a model in OpenAI's names", () => {
  it('comes back as it was: configuration from shapes, every number', async () => {
    const weights = await createWeights(config);
    const { config: read, params } = await load(encode(config, weights));
    expect(read).toEqual(config);
    expect(await readWeights(params)).toEqual(weights);
    disposeTree(params);
  });

  it('reports each parameter that it reads', async () => {
    const counts: number[] = [];
    const bytes = encode(config, await createWeights(config));
    const { params } = await load(bytes, { onParameter: (done) => counts.push(done) });
    expect(counts).toEqual([...flattenTree(params)].map((_, index) => index + 1));
    disposeTree(params);
  });

  it('has a logit scale also where our head has none, and leaves it out again', async () => {
    const official = { ...config, preset: 'official' as const };
    const bytes = encode(official, await createWeights(official));
    expect((await openWeightFile(bytesSource(bytes))).tensors.has('logit_scale')).toBe(true);
    const { config: read, params } = await load(bytes, { preset: 'official' });
    expect(read).toEqual(official);
    disposeTree(params);
  });

  it('is refused where OpenAI has no such model', async () => {
    const stem = defineModelConfig(modelPresets.demo, graph);
    expect(() => encodeOpenAiWeights(stem, {})).toThrow(CheckpointFormatError);
    const heads = { ...config, vision: { ...config.vision, heads: 4 } } as ModelConfig;
    expect(() => encodeOpenAiWeights(heads, {})).toThrow('2 heads');
  });
});

describe('a file that does not fit', () => {
  it('is refused with every missing, unknown, mis-shaped and mis-typed key at once', async () => {
    const tensors = await createTensors();
    const before = countTensors();
    delete tensors['visual.proj'];
    delete tensors['transformer.resblocks.1.ln_1.bias'];
    tensors['visual.extra'] = { dtype: 'F32', shape: [1], data: new Float32Array(1) };
    tensors['ln_final.weight'] = { dtype: 'F32', shape: [32], data: new Float32Array(32) };
    tensors['visual.class_embedding'] = { dtype: 'F32', shape: [1, 128], data: new Float32Array(128) };
    tensors['visual.ln_pre.bias'] = { dtype: 'I32', shape: [128], data: new Int32Array(128) };
    const error = await load(encodeSafetensors(tensors)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CheckpointFormatError);
    expect([...(error as CheckpointFormatError).problems].sort()).toEqual([
      'ln_final.weight: expected [64], got [32]',
      'transformer.resblocks.1.ln_1.bias: missing, expected [64]',
      'visual.class_embedding: expected [128], got [1, 128]',
      'visual.extra: unknown tensor',
      'visual.ln_pre.bias: expected F32, F16, BF16, got I32',
      'visual.proj: missing, expected [128, 24]',
    ]);
    expect(countTensors()).toBe(before);
  });

  it('is refused where a block has an absurd number', async () => {
    const tensors = await createTensors();
    tensors['visual.transformer.resblocks.999999999.ln_1.bias'] = tensors['visual.ln_pre.bias']!;
    await expect(load(encodeSafetensors(tensors))).rejects.toThrow('999999999.ln_1.bias: unknown tensor');
  });

  it('is refused where it is of another kind of model', async () => {
    const other = encodeSafetensors({
      'layer1.0.conv1.weight': { dtype: 'F32', shape: [1], data: new Float32Array(1) },
    });
    await expect(load(other)).rejects.toThrow('visual.conv1.weight: missing');
  });

  it('is refused where its positions are no square of patches', async () => {
    const tensors = await createTensors();
    tensors['visual.positional_embedding'] = { dtype: 'F32', shape: [9, 128], data: new Float32Array(9 * 128) };
    await expect(load(encodeSafetensors(tensors))).rejects.toThrow(
      'image positions: expected one more than a square, got 9',
    );
  });

  it("is refused with another tokenizer than the model's", async () => {
    const bytes = encodeSafetensors(await createTensors());
    await expect(load(bytes, { tokenizer: deriveClipTokenizer(graph.prompts) })).rejects.toThrow(
      'expected 49408 tokens',
    );
  });

  it('leaves nothing on the engine where reading ends with an error', async () => {
    const bytes = encodeSafetensors(await createTensors());
    const { tensors, format } = await openWeightFile(bytesSource(bytes));
    const broken = new Map(tensors);
    const lost: StoredTensor = {
      ...tensors.get('ln_final.weight')!,
      read: () => Promise.reject(new CheckpointFormatError('lost')),
    };
    broken.set('ln_final.weight', lost);
    await assertNoLeak(async () => {
      await expect(loadClip({ format, tensors: broken }, graph, { tokenizer, preset: 'cosine' })).rejects.toThrow(
        'lost',
      );
    });
  });

  it('needs a vocabulary for sentences with other words', async () => {
    const other = { ...graph, prompts: ['A forged face'] };
    const file = await openWeightFile(bytesSource(encodeSafetensors(await createTensors())));
    await expect(loadClip(file, other as typeof graph)).rejects.toThrow(InvalidOptionError);
  });
});

describe("Hugging Face's config.json", () => {
  const encode = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
  const tower = { hidden_act: 'quick_gelu', layer_norm_eps: 1e-5, num_attention_heads: 2, extra: 1 };

  it('says how many heads the blocks have', () => {
    const json = { model_type: 'clip', vision_config: tower, text_config: { num_attention_heads: 4 }, extra: 1 };
    expect(readClipArchitecture(encode(json))).toEqual({ visionHeads: 2, textHeads: 4 });
  });

  it.each([
    ['another model', { model_type: 'siglip', vision_config: tower, text_config: tower }],
    ['another activation', { model_type: 'clip', vision_config: { ...tower, hidden_act: 'gelu' }, text_config: tower }],
    ['another epsilon', { model_type: 'clip', vision_config: tower, text_config: { ...tower, layer_norm_eps: 1e-6 } }],
    ['a missing tower', { model_type: 'clip', vision_config: tower }],
  ])('is refused for %s', (_, json) => {
    expect(() => readClipArchitecture(encode(json))).toThrow(CheckpointFormatError);
  });
});

interface Shapes {
  readonly config: {
    readonly image_resolution: number;
    readonly vision_patch_size: number;
    readonly vocab_size: number;
  };
  readonly num_parameters: number;
  readonly state_dict: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
}

describeOracle('clip_b32_shapes', (group) => {
  it.each(['ViT-B/32', 'ViT-B/16', 'ViT-L/14'] as const)('%s has our parameters and no others', (name) => {
    const shapes = group.json<Shapes>(`${name.replace('/', '-')}.json`, { texts: true });
    const stored = ({ shape }: { shape: readonly number[] }): StoredTensor => ({
      dtype: 'F32',
      shape,
      read: () => Promise.reject(new Error('only shapes')),
    });
    const match = matchKeys(openAiKeys, new Map(shapes.state_dict.map((entry) => [entry.name, stored(entry)])));
    expect(match.problems).toEqual([]);
    const { image_resolution, vision_patch_size, vocab_size } = shapes.config;
    expect(match.sizes).toMatchObject({ patch: vision_patch_size, tokens: vocab_size, contextLength: 77 });
    expect(match.sizes.imagePositions).toBe((image_resolution / vision_patch_size) ** 2 + 1);

    const { text, ...preset } = modelPresets[name];
    const clip = { ...text, contextLength: 77, tokenizer: deriveClipTokenizer(graph.prompts) };
    const specs = flattenSpecs(modelSpecs(defineModelConfig({ ...preset, preset: 'cosine', text: clip }, graph)));
    expect(match.rules.map(({ parameter }) => parameter).sort()).toEqual([...specs.keys()].sort());
    const numbers = [...specs.values()].reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    );
    expect(numbers).toBe(shapes.num_parameters);
  });
});

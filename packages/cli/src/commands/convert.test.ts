import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { createRandom, faceForensics } from '@sofd/core';
import {
  createParameters,
  createPredictor,
  defineModelConfig,
  deriveClipTokenizer,
  loadCheckpoint,
  readClipVocabulary,
  type WeightArrays,
} from '@sofd/model';
import { encodeOpenAiWeights } from '@sofd/model/convert';
import { readCheckpointFolder } from '@sofd/model/node';
import { decodeSafetensors, disposeTree, flattenTree, readTensor, useBackend } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../command-context.js';
import { type ConvertCommandOptions, convert } from './convert.js';

const lines: string[] = [];
const stages: string[] = [];
const context: CommandContext = {
  log: (line) => void lines.push(line),
  progress: ({ stage, done, total }) => void stages.push(`${stage} ${done}/${total}`),
  signal: new AbortController().signal,
};
const common = { seed: 1, engine: 'wasm', quiet: true } as const;

let folder: string;
/** A Hugging Face folder with a vocabulary of its own: bytes and nothing else. */
let input: string;
let original: Uint8Array;
const path = (name: string) => join(folder, name);
const merges = new TextEncoder().encode('#version: 0.2\n');
const run = (options: Partial<ConvertCommandOptions> & { readonly output: string }) =>
  convert({ ...common, input, ...options }, context);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-convert-'));
  input = path('clip');
  await useBackend(wasm());
  const vocabulary = await readClipVocabulary([merges]);
  const tokenizer = deriveClipTokenizer(faceForensics.prompts, { vocabulary });
  const config = defineModelConfig(
    {
      embedDim: 16,
      vision: { kind: 'vit', imageSize: 32, patchSize: 16, width: 64, depth: 1, heads: 1 },
      text: { width: 64, depth: 1, contextLength: 90, tokenizer },
    },
    faceForensics,
  );
  const params = createParameters(config, createRandom(1));
  const weights: Record<string, WeightArrays[string]> = {};
  for (const [name, tensor] of flattenTree(params))
    weights[name] = { shape: tensor.shape, data: await readTensor(tensor) };
  disposeTree(params);
  original = new Uint8Array(Buffer.concat([...encodeOpenAiWeights(config, weights)]));
  const towers = { vision_config: { num_attention_heads: 1 }, text_config: { num_attention_heads: 1 } };
  await mkdir(input);
  await writeFile(join(input, 'config.json'), JSON.stringify({ model_type: 'clip', ...towers }));
  await writeFile(join(input, 'model.safetensors'), original);
  await writeFile(join(input, 'vocab.json'), JSON.stringify(Object.fromEntries(vocabulary.ids)));
  await writeFile(join(input, 'merges.txt'), merges);
});
afterAll(() => rm(folder, { recursive: true }));

describe('sofd convert', () => {
  it('makes a checkpoint of weights that others trained, which a detector can load', async () => {
    const output = path('checkpoint');
    const { name, bytes } = await run({ output });
    expect(name).toBe('clip');
    expect(stages.at(-1)).toMatch(/^weights (\d+)\/\1$/);
    expect(lines.join('\n')).toContain('10 labels');
    const checkpoint = await loadCheckpoint(readCheckpointFolder(output));
    expect(checkpoint.manifest).toMatchObject({
      weights: { bytes },
      input: { imageSize: 32 },
      training: { convertedFrom: { file: 'clip', format: 'safetensors' } },
    });
    const predictor = createPredictor(checkpoint);
    expect((await predictor.checkKnownAnswer()).maxDifference).toBe(0); // the engine that wrote it
    predictor.dispose();
  });

  it("writes a checkpoint's weights for PyTorch as they came", async () => {
    await run({ output: path('again') });
    const { sha256 } = await run({ input: path('again'), output: path('back.safetensors'), to: 'openai' });
    const written = new Uint8Array(await readFile(path('back.safetensors')));
    expect(decodeSafetensors(written)).toEqual(decodeSafetensors(original));
    expect(sha256).toHaveLength(64);
  });

  it.each(['float16', 'int8'] as const)('stores %s weights, of weights and of a checkpoint alike', async (weights) => {
    await run({ output: path('exact') });
    const { bytes: all } = (await loadCheckpoint(readCheckpointFolder(path('exact')))).manifest.weights;
    const { bytes, difference } = await run({ output: path(weights), weights });
    expect(bytes / all).toBeLessThan(weights === 'float16' ? 0.75 : 0.6); // vectors and the input stay as they are
    expect(lines.at(-1)).toContain('Logits of the known answer differ');
    expect(difference!.maxLogitDifference).toBeGreaterThan(0);
    await run({ input: path('exact'), output: path(`${weights}-again`), weights });
    const [once, again] = await Promise.all(
      [weights, `${weights}-again`].map((name) => loadCheckpoint(readCheckpointFolder(path(name)))),
    );
    expect(again!.manifest.weights).toEqual(once!.manifest.weights);
    const refused = run({ input: path(weights), output: path('none'), weights: 'int8' });
    await expect(refused).rejects.toThrow(
      `expected a checkpoint of float32 weights for --weights int8, got ${weights}`,
    );
    // Without the option it stays as it is.
    const { sha256 } = await run({ input: path(weights), output: path('copy') });
    expect(sha256).toBe(once!.manifest.weights.sha256);
  });

  it('takes a label graph and a vocabulary from files', async () => {
    const graph = { ...faceForensics.definition, primary: { prompt: 'Is this {label}?', label: 'forged' } };
    await writeFile(path('graph.json'), JSON.stringify(graph));
    await writeFile(path('bpe.txt'), merges);
    await writeFile(path('weights.safetensors'), original);
    const options = { input: path('weights.safetensors'), output: path('own'), graph: path('graph.json') };
    await expect(run(options)).rejects.toThrow("'Is this forged?'");
    await run({ ...options, tokenizer: [path('bpe.txt')], preset: 'cosine' });
    const { graph: read, config } = await loadCheckpoint(readCheckpointFolder(path('own')));
    expect(read.labels[0]).toBe('forged');
    expect(config.preset).toBe('cosine');
  });

  it.each<[string, Partial<ConvertCommandOptions>, string]>([
    ['a vocabulary of another size', { input: 'weights.safetensors' }, 'expected 49408 tokens'],
    ['a graph that is none', { graph: 'faceForensik' }, '--graph'],
    ['a vocabulary that is not there', { tokenizer: ['missing.json'] }, '--tokenizer'],
    ['an evaluation of weights', { evaluation: 'evaluation.json' }, '--evaluation'],
    ['weights that are to be weights again', { to: 'openai' }, '--to openai'],
    ['shorter weights for PyTorch', { input: 'again', to: 'openai', weights: 'int8' }, 'no --weights with --to openai'],
    ['an evaluation of other weights', { input: 'again', evaluation: 'x', weights: 'int8' }, '--evaluation with'],
    ['a graph for a checkpoint', { input: 'again', graph: 'ffsc' }, '--graph'],
  ])('refuses %s', async (_, options, message) => {
    const located = options.input === undefined ? {} : { input: path(options.input) };
    await expect(run({ output: path('none'), ...options, ...located })).rejects.toThrow(message);
    await expect(readFile(path('none'))).rejects.toThrow('ENOENT');
  });

  it('stops when it is told to, and leaves nothing', async () => {
    const controller = new AbortController();
    controller.abort();
    const stopped = convert({ ...common, input, output: path('stopped') }, { ...context, signal: controller.signal });
    await expect(stopped).rejects.toThrow('stop');
    await expect(readFile(path('stopped'))).rejects.toThrow('ENOENT');
  });
});

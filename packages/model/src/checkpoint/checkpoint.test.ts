import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import {
  CheckpointFormatError,
  type CheckpointManifest,
  createRandom,
  faceForensics,
  KnownAnswerError,
} from '@sofd/core';
import {
  assertNoLeak,
  countTensors,
  decodeSafetensors,
  disposeTree,
  encodeSafetensors,
  flattenTree,
  readTensor,
  type SafetensorsTensor,
  tensorFrom,
  tidy,
  useBackend,
} from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildCheckpoint,
  computeLogits,
  createParameters,
  createPredictor,
  defineModelConfig,
  encodeImages,
  encodeTexts,
  fetchCheckpoint,
  loadCheckpoint,
  memoryCheckpoint,
  modelPresets,
  tokenizePrompts,
} from '../index.js';
import { readCheckpointFolder, writeCheckpointFolder } from '../node/index.js';
import { computeSha256 } from './sha256.js';

const graph = faceForensics;
const config = defineModelConfig(modelPresets.tiny, graph);
const rest = {
  name: 'test',
  graph,
  config,
  input: {
    imageSize: 32,
    crop: 'arcface-1.3/v1',
    resize: 'bicubic-antialias' as const,
    mean: [0.5, 0.5, 0.5] as [number, number, number],
    std: [0.25, 0.25, 0.25] as [number, number, number],
  },
  calibration: { kind: 'identity' as const },
  thresholds: { fake: 0.5, labels: { fake: 0.5 } },
  licence: { weights: 'none', data: 'none', note: 'random' },
  training: { steps: 0 },
};

type Files = Record<'model.safetensors' | 'manifest.json', Uint8Array>;
const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as CheckpointManifest;
const encode = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

let files: Files;
let folder: string;

beforeAll(async () => {
  await useBackend(wasm());
  folder = await mkdtemp(join(tmpdir(), 'sofd-checkpoint-'));
  const params = createParameters(config, createRandom(1));
  files = { ...(await buildCheckpoint({ ...rest, params })).files };
  disposeTree(params);
});
afterAll(() => rm(folder, { recursive: true }));

/** The checkpoint with another manifest. */
const withManifest = (change: (manifest: CheckpointManifest) => unknown): Files => ({
  ...files,
  'manifest.json': encode(change(decode(files['manifest.json']))),
});

/** The checkpoint with other tensors, and a manifest that knows their digest. */
async function withTensors(change: (tensors: Record<string, SafetensorsTensor>) => void): Promise<Files> {
  const { tensors } = decodeSafetensors(files['model.safetensors']);
  change(tensors);
  const bytes = encodeSafetensors(tensors);
  const weights = { file: 'model.safetensors' as const, bytes: bytes.length, sha256: await computeSha256(bytes) };
  return { ...withManifest((manifest) => ({ ...manifest, weights })), 'model.safetensors': bytes };
}

async function problemsOf(damaged: Files): Promise<string> {
  const error = await loadCheckpoint(memoryCheckpoint(damaged)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CheckpointFormatError);
  return (error as Error).message;
}

describe('a checkpoint', () => {
  it('is the same bytes for the same model', async () => {
    const params = createParameters(config, createRandom(1));
    const again = await buildCheckpoint({ ...rest, params });
    disposeTree(params);
    for (const [name, bytes] of Object.entries(files)) {
      expect(Buffer.from(bytes).equals(again.files[name as keyof Files])).toBe(true);
    }
  });

  it('is the same bytes for parameters that are read into their places in the file', async () => {
    const params = createParameters(config, createRandom(1));
    const tensors = flattenTree(params);
    const buffers = new Set<ArrayBufferLike>();
    const again = await buildCheckpoint({
      ...rest,
      params: async (name, target) => {
        buffers.add(target.buffer);
        target.set(await readTensor(tensors.get(name)!));
      },
    });
    disposeTree(params);
    const bytes = again.files['model.safetensors'];
    expect(Buffer.from(bytes).equals(files['model.safetensors'])).toBe(true);
    expect([...buffers]).toEqual([bytes.buffer]);
  });

  it('comes back from a folder as it was written, and leaves nothing else there', async () => {
    await writeCheckpointFolder(folder, files);
    await writeCheckpointFolder(folder, files); // over itself
    expect((await readdir(folder)).sort()).toEqual(['manifest.json', 'model.safetensors']);
    const { manifest, graph: read, config: model, tensors } = await loadCheckpoint(readCheckpointFolder(folder));
    expect(manifest).toEqual(decode(files['manifest.json']));
    expect(read.labels).toEqual(graph.labels);
    expect(model).toEqual(config);
    expect(tensors['vision.classToken']!.shape).toEqual([64]);
  });

  it('predicts what the model that it was made of computes', async () => {
    const params = createParameters(config, createRandom(1));
    const stream = createRandom('images');
    const images = Float32Array.from({ length: 3 * 32 * 32 * 3 }, () => stream.uniformBetween(-1, 1));
    const expected = tidy(() => {
      const text = encodeTexts(config, params, tokenizePrompts(config, graph));
      return computeLogits(config, params, {
        image: encodeImages(config, params, tensorFrom(images, [3, 32, 32, 3])),
        text,
      });
    });
    const wanted = await readTensor(expected);
    disposeTree({ params, expected });
    const checkpoint = await loadCheckpoint(memoryCheckpoint(files));
    await assertNoLeak(async () => {
      const predictor = createPredictor(checkpoint, { batchSize: 2 });
      const { logits } = await predictor.predict(images, 3);
      const { maxDifference } = await predictor.checkKnownAnswer();
      predictor.dispose();
      expect(maxDifference).toBe(0); // the engine that wrote it
      // Chunks of another size may change the order of float32 sums.
      for (const [i, logit] of logits.entries()) expect(Math.abs(logit - wanted[i]!)).toBeLessThan(1e-5);
    });
  });

  it('refuses a wrong number of images', async () => {
    const predictor = createPredictor(await loadCheckpoint(memoryCheckpoint(files)));
    await expect(predictor.predict(new Float32Array(10), 1)).rejects.toThrow('1 images of 32x32x3');
    predictor.dispose();
  });

  it('tells an engine that computes something else', async () => {
    const wrong = withManifest((manifest) => ({
      ...manifest,
      knownAnswer: { ...manifest.knownAnswer, logits: manifest.knownAnswer.logits.map((logit) => logit + 0.01) },
    }));
    const before = countTensors();
    const predictor = createPredictor(await loadCheckpoint(memoryCheckpoint(wrong)));
    await expect(predictor.checkKnownAnswer()).rejects.toThrow(KnownAnswerError);
    predictor.dispose();
    expect(countTensors()).toBe(before);
  });

  it('refuses a threshold above one when it is written', async () => {
    const params = createParameters(config, createRandom(1));
    await expect(buildCheckpoint({ ...rest, params, thresholds: { fake: 2, labels: {} } })).rejects.toThrow(
      'thresholds.fake',
    );
    disposeTree(params);
  });
});

describe('a damaged checkpoint', () => {
  it('with a flipped byte is refused by its digest', async () => {
    const bytes = files['model.safetensors'].slice();
    bytes[bytes.length - 5]! ^= 1;
    expect(await problemsOf({ ...files, 'model.safetensors': bytes })).toContain('SHA-256');
  });

  it('that ends early is refused by its length', async () => {
    const bytes = files['model.safetensors'].slice(0, -4);
    expect(await problemsOf({ ...files, 'model.safetensors': bytes })).toMatch(/expected \d+ bytes, got \d+/);
  });

  it('reports wrong shape, missing, extra and mistyped tensors at once', async () => {
    const message = await problemsOf(
      await withTensors((tensors) => {
        tensors['vision.classToken'] = { dtype: 'F32', shape: [32], data: new Float32Array(32) };
        delete tensors['text.projection'];
        tensors['vision.extra'] = { dtype: 'F32', shape: [1], data: new Float32Array(1) };
        tensors['text.normAfter.gain'] = { dtype: 'I32', shape: [64], data: new Int32Array(64) };
      }),
    );
    for (const part of [
      'vision.classToken: expected [64], got [32]',
      'text.projection: missing',
      'vision.extra: unknown',
      'text.normAfter.gain: expected F32 in a file of float32 weights, got I32',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('reports problems of the manifest and of the file together', async () => {
    const { 'manifest.json': manifest } = withManifest((json) => ({
      ...json,
      model: { ...json.model, embedDim: -1, dropout: 1 },
      weights: { ...json.weights, sha256: '0'.repeat(64) },
    }));
    const message = await problemsOf({ ...files, 'manifest.json': manifest });
    for (const part of ['embedDim', 'dropout', 'SHA-256']) expect(message).toContain(part);
  });

  it("with an input size that is not the model's is refused", async () => {
    const other = withManifest((json) => ({ ...json, input: { ...json.input, imageSize: 64 } }));
    expect(await problemsOf(other)).toContain('input.imageSize: expected 32');
  });

  it('of an unknown version says so first', async () => {
    const other = withManifest(() => ({ format: 'sofd-checkpoint', version: 2, unknown: true }));
    const message = await problemsOf(other);
    expect(message).toContain('expected version 1');
    expect(message).not.toContain('unknown key');
  });

  it('with missing and unknown keys in the manifest names them all', async () => {
    const message = await problemsOf(
      withManifest(({ thresholds, ...json }) => ({ ...json, treshold: thresholds, licence: { weights: 'x' } })),
    );
    for (const part of ['thresholds', 'treshold', 'licence']) expect(message).toContain(part);
  });

  it.each([
    ['cut short', '{"format": "sofd-'],
    ['empty', ''],
    ['another type', '[1]'],
    ['not UTF-8', '\xff\xfe'],
  ])('whose manifest is no JSON object is refused: %s', async (_, text) => {
    await problemsOf({ ...files, 'manifest.json': Uint8Array.from(text, (char) => char.charCodeAt(0)) });
  });

  it('without its files is refused, in memory, in a folder, on a server', async () => {
    await expect(loadCheckpoint(memoryCheckpoint({}))).rejects.toThrow(CheckpointFormatError);
    await expect(loadCheckpoint(readCheckpointFolder(join(folder, 'none')))).rejects.toThrow('manifest.json');
    await expect(loadCheckpoint(fetchCheckpoint('data:text/plain,'))).rejects.toThrow(CheckpointFormatError);
    await writeFile(join(folder, 'manifest.json'), '{');
    await expect(loadCheckpoint(readCheckpointFolder(folder))).rejects.toThrow('JSON');
  });
});

describe('a checkpoint on another engine', () => {
  it('gives its known answer there within the tolerance', async () => {
    await useBackend(reference());
    const predictor = createPredictor(await loadCheckpoint(memoryCheckpoint(files)));
    const { maxDifference } = await predictor.checkKnownAnswer();
    expect(maxDifference).toBeLessThan(1e-5);
    predictor.dispose();
  });
});

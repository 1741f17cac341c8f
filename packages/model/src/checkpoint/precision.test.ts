import {
  CheckpointFormatError,
  type CheckpointManifest,
  createRandom,
  faceForensics,
  type WeightPrecision,
} from '@sofd/core';
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { beforeAll, describe, expect, it } from 'vitest';
import { roundToHalf } from '../../testing/round-to-half.js';
import {
  buildCheckpoint,
  createPredictor,
  defineModelConfig,
  loadCheckpoint,
  memoryCheckpoint,
  modelPresets,
  type ReadParameter,
  type WeightArrays,
} from '../index.js';
import { initialize, modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import type { CheckpointFiles } from './build-checkpoint.js';
import { computeSha256 } from './sha256.js';

const graph = faceForensics;
const config = defineModelConfig(modelPresets.tiny, graph);
const specs = flattenSpecs(modelSpecs(config));
const read: ReadParameter = async (name, target) => target.set(initialize(specs.get(name)!, createRandom(name)));

const build = (precision?: WeightPrecision, params: ReadParameter = read) =>
  buildCheckpoint({
    name: 'precision',
    graph,
    config,
    params,
    ...(precision === undefined ? {} : { precision }),
    input: { imageSize: 32, crop: 'none', resize: 'bicubic-antialias', mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    calibration: { kind: 'identity' },
    thresholds: { fake: 0.5, labels: {} },
    licence: { weights: 'none', data: 'none', note: '' },
    training: {},
  });

const load = (files: CheckpointFiles) => loadCheckpoint(memoryCheckpoint({ ...files }));
const encode = (manifest: unknown) => new TextEncoder().encode(JSON.stringify(manifest));

let built: Record<WeightPrecision, Awaited<ReturnType<typeof build>>>;
let exact: WeightArrays;

beforeAll(async () => {
  await useBackend(reference());
  built = { float32: await build(), float16: await build('float16'), int8: await build('int8') };
  exact = (await load(built.float32.files)).tensors;
});

const isMatrix = (name: string) => (specs.get(name)?.shape.length ?? 0) >= 2;

describe('a checkpoint of float32 weights', () => {
  it('says so, and is valid without', async () => {
    const { manifest, files } = built.float32;
    expect(manifest.weights).toMatchObject({ precision: 'float32' });
    expect(manifest.weights).not.toHaveProperty('difference');
    const { precision: _, ...weights } = manifest.weights;
    const { tensors } = await load({ ...files, 'manifest.json': encode({ ...manifest, weights }) });
    expect(tensors).toEqual(exact);
  });
});

describe('a checkpoint of float16 weights', () => {
  it('has matrices as the nearest halves, and all else as it was', async () => {
    const { tensors } = await load(built.float16.files);
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(exact).sort());
    for (const [name, { shape, data }] of Object.entries(exact)) {
      const expected = isMatrix(name) ? data.map(roundToHalf) : data;
      expect(tensors[name], name).toEqual({ shape, data: expected });
    }
  });

  it('is exact for weights that half precision has', async () => {
    const rounded: ReadParameter = async (name, target) => {
      await read(name, target);
      target.set(target.map(roundToHalf));
    };
    const { manifest, files } = await build('float16', rounded);
    expect(manifest.weights.difference?.maxLogitDifference).toBe(0);
    expect((await load(files)).tensors).toEqual((await load((await build('float32', rounded)).files)).tensors);
  });

  it('cannot be made of weights beyond its range, and says which and what to do', async () => {
    const large: ReadParameter = async (name, target) => {
      await read(name, target);
      if (name === 'vision.projection') target[3] = 7e4;
    };
    await expect(build('float16', large)).rejects.toThrow(
      'at most 65504 in vision.projection for float16 weights, got 70000; store them as int8 or float32',
    );
  });
});

describe('a checkpoint of int8 weights', () => {
  it('has matrices within half a step of their columns, and all else as it was', async () => {
    const { tensors } = await load(built.int8.files);
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(exact).sort());
    for (const [name, { shape, data }] of Object.entries(exact)) {
      expect(tensors[name]!.shape).toEqual(shape);
      if (!isMatrix(name)) expect(tensors[name]!.data, name).toEqual(data);
      const columns = shape.at(-1) ?? 1;
      const largest = new Float64Array(columns);
      for (const [i, value] of data.entries()) largest[i % columns] = Math.max(largest[i % columns]!, Math.abs(value));
      // Half a step, and what float32 rounds: see quantize.test.ts.
      const isNear = (value: number, i: number) =>
        Math.abs(value - data[i]!) <= (largest[i % columns]! / 127) * (0.5 + 2 ** -16);
      expect(tensors[name]!.data.every(isNear), name).toBe(true);
    }
  });

  it('cannot be made of weights that are no numbers', async () => {
    await expect(build('int8', async (_, target) => void target.fill(Number.NaN))).rejects.toThrow('finite numbers');
  });
});

describe.each(['float16', 'int8'] as const)('a checkpoint of %s weights', (precision) => {
  it('takes the bytes of its type and of its scales', () => {
    const { tensors } = decodeSafetensors(built[precision].files['model.safetensors']);
    const [dtype, width] = precision === 'float16' ? ['F16', 2] : ['I8', 1];
    for (const name of specs.keys()) {
      expect(tensors[name]!.dtype).toBe(isMatrix(name) ? dtype : 'F32');
      expect(tensors[name]!.data.byteLength).toBe(exact[name]!.data.length * (isMatrix(name) ? width : 4));
    }
    const { bytes } = built[precision].manifest.weights;
    expect(built[precision].files['model.safetensors']).toHaveLength(bytes);
  });

  it('tells how far its known answer is from that of float32, and gives it', async () => {
    const { manifest, files } = built[precision];
    const { logits } = built.float32.manifest.knownAnswer;
    const differences = logits.map((logit, label) => Math.abs(logit - manifest.knownAnswer.logits[label]!));
    expect(manifest.weights.difference).toEqual({
      maxLogitDifference: Math.max(...differences),
      maxLogit: Math.max(...logits.map(Math.abs)),
    });
    expect(manifest.weights.difference!.maxLogitDifference).toBeGreaterThan(0);
    const predictor = createPredictor(await load(files));
    expect((await predictor.checkKnownAnswer()).maxDifference).toBe(0); // the engine that wrote it
    predictor.dispose();
  });
});

/** The problems of the int8 checkpoint with other tensors or another manifest. */
async function problemsOf(
  change: (tensors: Record<string, SafetensorsTensor>) => void,
  weights: Partial<CheckpointManifest['weights']> = {},
): Promise<readonly string[]> {
  const { manifest, files } = built.int8;
  const { tensors } = decodeSafetensors(files['model.safetensors']);
  change(tensors);
  const bytes = encodeSafetensors(tensors);
  const own = { ...manifest.weights, bytes: bytes.length, sha256: await computeSha256(bytes), ...weights };
  const error = await load({
    'model.safetensors': bytes,
    'manifest.json': encode({ ...manifest, weights: own }),
  }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CheckpointFormatError);
  return (error as CheckpointFormatError).problems;
}

describe('a damaged checkpoint of int8 weights', () => {
  it('reports wrong types, and scales that are missing, of another shape or too many, at once', async () => {
    const problems = await problemsOf((tensors) => {
      delete tensors['vision.projection.scale'];
      tensors['text.projection.scale'] = { dtype: 'F32', shape: [3], data: new Float32Array(3) };
      tensors['vision.classToken.scale'] = { dtype: 'F32', shape: [1], data: new Float32Array(1) };
      tensors['text.tokenEmbedding'] = { ...exact['text.tokenEmbedding']!, dtype: 'F32' };
      tensors['vision.classToken'] = { dtype: 'I8', shape: [64], data: new Int8Array(64) };
    });
    expect([...problems].sort()).toEqual([
      'text.projection.scale: expected [16], got [3]',
      'text.tokenEmbedding: expected I8 in a file of int8 weights, got F32',
      'vision.classToken.scale: unknown tensor',
      'vision.classToken: expected F32 in a file of int8 weights, got I8',
      'vision.projection.scale: missing, expected [16]',
    ]);
  });

  it('is refused where the manifest says another precision', async () => {
    const problems = await problemsOf(() => undefined, { precision: 'float16' });
    expect(problems).toContain('vision.projection: expected F16 in a file of float16 weights, got I8');
    expect(problems).toContain('vision.projection.scale: unknown tensor');
  });
});

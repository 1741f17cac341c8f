import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { wasm } from '@sofd/backend-wasm';
import { CheckpointFormatError, createRandom, faceForensics } from '@sofd/core';
import { assertNoLeak, disposeTree, flattenTree, readTensor, tensorFrom, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  computeFeatureSet,
  computeFeatures,
  createParameters,
  defineModelConfig,
  encodeImages,
  fitFeatureStatistics,
  loadPooledStem,
  modelPresets,
  type PooledStemConfig,
} from '../../index.js';
import { parseGraphWeights } from './graph-weights.js';

const models = fileURLToPath(new URL('../../../../face/models/', import.meta.url));
const hasModels = existsSync(`${models}faceres.json`);
if (!hasModels) process.stderr.write('pooled stem: skipped, node tools/assets.mjs has not copied the face models\n');

const random = createRandom('pooled stem test');
const small = defineModelConfig(
  {
    embedDim: 4,
    vision: {
      kind: 'pooled-stem',
      imageSize: 9,
      firstChannels: 3,
      blocks: [
        { channels: 4, stride: 1 },
        { channels: 5, stride: 2 },
      ],
      pooledBlocks: [1, 2],
    },
    text: { width: 8, depth: 1 },
  },
  faceForensics,
);
const noise = (count: number, seed: string) => {
  const stream = random.split(seed);
  return Float32Array.from({ length: count }, () => stream.uniformBetween(0, 255));
};

beforeAll(async () => {
  await useBackend(wasm());
});

describe.skipIf(!hasModels)('the stem out of the face network', () => {
  const read = () => ({
    json: JSON.parse(readFileSync(`${models}faceres.json`, 'utf8')) as unknown,
    bin: new Uint8Array(readFileSync(`${models}faceres.bin`)),
  });
  const config = defineModelConfig(modelPresets.demo, faceForensics);
  const vision = config.vision as PooledStemConfig;

  it('gives the features that the unchanged graph model gives', async () => {
    const bytes = readFileSync(new URL('./fixtures/face-network-features.f32', import.meta.url));
    const expected = new Float32Array(new Uint8Array(bytes).buffer);
    const stream = createRandom('pooled stem fixture');
    const image = Float32Array.from({ length: 224 * 224 * 3 }, () => stream.integer(256));
    const params = createParameters(config, createRandom(1), { weights: loadPooledStem(vision, read()) });
    const features = await computeFeatures(config, params, image);
    disposeTree(params);
    expect(features.length).toBe(expected.length);
    const differences = expected.map((value, i) => Math.abs(value - features[i]!));
    // Activations lie between 0 and 6; a convolution rounds its sums at 2^-24 of some tens, 4e-6 at most, and the means
    // over positions average the roundings of 22 of them out.
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });

  it('refuses a stem of other widths, naming every weight', () => {
    const wrong = {
      ...vision,
      blocks: vision.blocks.map((block, i) => (i === 2 ? { ...block, channels: 100 } : block)),
    };
    const load = () => loadPooledStem(wrong, read());
    expect(load).toThrow(CheckpointFormatError);
    expect(load).toThrow(/conv_pw_3\/convolution.*conv_dw_4\/depthwise_kernel/s);
  });

  it('refuses a weights file that ends early', () => {
    const { json, bin } = read();
    expect(() => loadPooledStem(vision, { json, bin: bin.subarray(0, 1000) })).toThrow('bytes of weights');
  });
});

describe('parseGraphWeights', () => {
  const manifest = (weights: readonly object[]) => ({ weightsManifest: [{ paths: ['x.bin'], weights }], other: 1 });
  const entry = (quantization: object, count: number) => ({
    name: 'w',
    shape: [count],
    dtype: 'float32',
    quantization,
  });

  it('reads half precision: normal, subnormal, zero, infinite', () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x8000, 0x7c00, 0x3555);
    const json = manifest([entry({ dtype: 'float16' }, 6)]);
    const { data } = parseGraphWeights(json, new Uint8Array(bits.buffer)).w!;
    expect([...data]).toEqual([1, -2, 2 ** -24, -0, Number.POSITIVE_INFINITY, Math.fround(0.333251953125)]);
  });

  it('reads 8 and 16 bits with scale and minimum, and what follows them', () => {
    const json = manifest([
      { ...entry({ dtype: 'uint8', scale: 0.5, min: -1 }, 2), name: 'a' },
      { ...entry({ dtype: 'uint16', scale: 2, min: 1 }, 1), name: 'b' },
      { name: 'c', shape: [], dtype: 'int32' },
    ]);
    const weights = parseGraphWeights(json, Uint8Array.of(0, 4, 1, 1, 5, 0, 0, 0));
    expect([...weights.a!.data, ...weights.b!.data, ...weights.c!.data]).toEqual([-1, 1, 515, 5]);
  });

  it('refuses a file that is no graph model', () => {
    expect(() => parseGraphWeights({ weights: 1 }, new Uint8Array(1))).toThrow(CheckpointFormatError);
  });
});

describe('the pooled stem as an encoder', () => {
  const pixels = 9 * 9 * 3;
  const set = {
    images: noise(20 * pixels, 'images'),
    targets: new Float32Array(20 * 10),
    size: 20,
    imageSize: 9,
    ids: Array.from({ length: 20 }, String),
  };

  it('standardises the features of the set that it was fitted to', async () => {
    const start = createParameters(small, createRandom(1));
    const features = await computeFeatureSet(small, start, set);
    expect(features).toMatchObject({ imageSize: 0, size: 20 });
    const params = fitFeatureStatistics(small, start, features.images);
    const byName = flattenTree(params);
    const [mean, deviation] = [
      await readTensor(byName.get('vision.standard.mean')!),
      await readTensor(byName.get('vision.standard.deviation')!),
    ];
    const width = mean.length;
    for (let feature = 0; feature < width; feature++) {
      const values = Array.from({ length: 20 }, (_, row) => features.images[row * width + feature]!);
      const average = values.reduce((sum, value) => sum + value / 20, 0);
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2 / 20, 0));
      expect(mean[feature]).toBeCloseTo(average, 5);
      expect(deviation[feature]).toBeCloseTo(spread + 1e-3, 5);
    }
    disposeTree(params);
  });

  it('does not depend on which images are computed together, and leaves no tensor', async () => {
    await assertNoLeak(async () => {
      const params = createParameters(small, createRandom(1));
      const together = await computeFeatures(small, params, set.images);
      const alone = await computeFeatures(small, params, set.images.subarray(17 * pixels, 18 * pixels));
      const width = alone.length;
      for (const [i, value] of alone.entries()) expect(value).toBeCloseTo(together[17 * width + i]!, 4);
      disposeTree(params);
    });
  });

  it('gives embeddings of the length that was asked for', () => {
    const params = createParameters(small, createRandom(1));
    const embedding = encodeImages(small, params, tensorFrom(set.images, [20, 9, 9, 3]));
    expect(embedding.shape).toEqual([20, 4]);
    disposeTree({ embedding, params });
  });

  it('refuses images of another size', async () => {
    const params = createParameters(small, createRandom(1));
    await expect(computeFeatures(small, params, new Float32Array(100))).rejects.toThrow('9x9x3');
    disposeTree(params);
  });
});

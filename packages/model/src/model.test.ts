import { wasm } from '@sofd/backend-wasm';
import { computeMarginals, createRandom, faceForensics, ffsc, ShapeMismatchError } from '@sofd/core';
import {
  assertNoLeak,
  disposeTree,
  flattenTree,
  mul,
  readTensor,
  square,
  sum,
  type Tensor,
  tensorFrom,
  tidy,
  useBackend,
} from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { valueAndGradients } from '@sofd/tensor/training';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  computeLogits,
  computeMarginalsOnDevice,
  createParameters,
  createTokenBatch,
  defineModelConfig,
  encodeImages,
  encodeTexts,
  joinParameters,
  type ModelConfigInput,
  modelPresets,
  splitParameters,
  tokenizePrompts,
} from './index.js';

const random = createRandom('model test');
const uniform = (count: number, seed: string) => {
  const stream = random.split(seed);
  return Float32Array.from({ length: count }, () => stream.uniformBetween(-1, 1));
};
const config = defineModelConfig(modelPresets.tiny, faceForensics);
const smallStem: ModelConfigInput = {
  embedDim: 8,
  vision: {
    kind: 'pooled-stem',
    imageSize: 16,
    firstChannels: 4,
    blocks: [
      { channels: 6, stride: 1 },
      { channels: 8, stride: 2 },
    ],
    pooledBlocks: [1, 2],
  },
  text: { width: 16, depth: 1 },
};

describe('the model', () => {
  beforeAll(async () => {
    await useBackend(wasm());
  });

  it('starts equal for equal seeds, and different for different ones', async () => {
    const values = async (seed: number) => {
      const params = createParameters(config, createRandom(seed));
      const read = await Promise.all([...flattenTree(params).values()].map(readTensor));
      disposeTree(params);
      return read;
    };
    const [first, again, other] = [await values(1), await values(1), await values(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('cuts the context exactly: tokens behind the end change nothing', async () => {
    const { text, ...rest } = modelPresets.tiny;
    const long = defineModelConfig({ ...rest, text: { ...text, contextLength: 77 } }, faceForensics);
    const params = createParameters(long, createRandom(1));
    const short = tokenizePrompts(long, faceForensics);
    const ids = new Int32Array(short.count * 77);
    for (let row = 0; row < short.count; row++) {
      ids.set(short.ids.subarray(row * short.length, (row + 1) * short.length), row * 77);
    }
    const [cut, padded] = [
      encodeTexts(long, params, short),
      encodeTexts(long, params, createTokenBatch(ids, short.count)),
    ];
    const [a, b] = [await readTensor(cut), await readTensor(padded)];
    // The sums run over the same numbers and over products with masked zeros; only blocking of the sums may differ.
    for (const [i, value] of a.entries()) expect(Math.abs(value - b[i]!)).toBeLessThan(1e-6);
  });

  it.each([
    ['a vision transformer', modelPresets.tiny],
    ['the cosine preset', { ...modelPresets.tiny, preset: 'cosine' }],
    ['a pooled stem', smallStem],
  ] as const)('has a gradient for every parameter that trains: %s', async (_, input) => {
    const model = defineModelConfig(input, faceForensics);
    const { imageSize } = model.vision;
    await assertNoLeak(async () => {
      const params = createParameters(model, createRandom(1));
      const { trainable, frozen } = splitParameters(model, params);
      const images = tensorFrom(uniform(2 * imageSize ** 2 * 3, 'images'), [2, imageSize, imageSize, 3]);
      const tokens = tokenizePrompts(model, faceForensics);
      const { value, gradients } = valueAndGradients((flat) => {
        const all = joinParameters(model, frozen, flat);
        const image = encodeImages(model, all, images);
        const logits = computeLogits(model, all, { image, text: encodeTexts(model, all, tokens) });
        return sum(square(logits)) as Tensor;
      }, trainable);
      for (const [name, gradient] of Object.entries(gradients)) {
        const size = tidy(() => sum(square(gradient)));
        const [length] = await readTensor(size);
        size.dispose();
        // The last position of a prompt is used only by the longest one; everything else must be reached.
        expect(length, name).toBeGreaterThan(0);
      }
      disposeTree({ value, gradients, params, images });
    });
  });

  it('trains nothing of the stem', () => {
    const model = defineModelConfig(smallStem, faceForensics);
    const params = createParameters(model, createRandom(1));
    const { trainable, frozen } = splitParameters(model, params);
    expect(Object.keys(trainable).filter((name) => name.startsWith('vision.'))).toEqual([
      'vision.projection.weight',
      'vision.projection.bias',
    ]);
    expect(Object.keys(frozen).every((name) => /^vision\.(stem|standard)\./.test(name))).toBe(true);
    disposeTree(params);
  });

  it('names every weight that has no place', () => {
    const weights = {
      'vision.classToken': { shape: [3], data: new Float32Array(3) },
      'vision.nothing': { shape: [1], data: new Float32Array(1) },
    };
    const create = () => createParameters(config, createRandom(1), { weights });
    expect(create).toThrow(ShapeMismatchError);
    expect(create).toThrow(/vision\.nothing: unknown tensor.*vision\.classToken: expected \[64\], got \[3\]/s);
  });
});

describe.each([wasm, reference])('marginals on the device', (backend) => {
  beforeAll(async () => {
    await useBackend(backend());
  });

  it.each([faceForensics, ffsc])('equal the float64 ones', async (graph) => {
    const labels = graph.labels.length;
    const logits = uniform(4 * labels, 'logits').map((value) => 8 * value);
    const marginals = tidy(() => computeMarginalsOnDevice(graph, tensorFrom(logits, [4, labels])));
    const [device, exact] = [await readTensor(marginals), computeMarginals(graph, logits)];
    marginals.dispose();
    // A potential sums up to 12 logits below 8, so its rounding error is below 12 · 96 · 2^-24 / 2 = 3e-5, and a
    // probability's relative error of that size; it is far smaller in practice.
    for (const [i, value] of device.entries()) expect(Math.abs(value - exact[i]!)).toBeLessThan(3e-5);
  });

  it('never leave [0, 1], and keep a finite gradient, for extreme logits', async () => {
    const logits = tensorFrom(
      Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1e4 : -1e4)),
      [2, 10],
    );
    const { gradients } = valueAndGradients(
      ({ x }) => sum(mul(computeMarginalsOnDevice(faceForensics, x), 1)) as Tensor,
      { x: logits },
    );
    const marginals = computeMarginalsOnDevice(faceForensics, logits);
    const [values, slopes] = [await readTensor(marginals), await readTensor(gradients.x)];
    expect(values.every((p) => p >= 0 && p <= 1)).toBe(true);
    expect(slopes.every(Number.isFinite)).toBe(true);
  });
});

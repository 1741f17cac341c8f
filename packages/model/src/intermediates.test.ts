import { wasm } from '@sofd/backend-wasm';
import { createRandom, faceForensics, InvalidOptionError } from '@sofd/core';
import {
  assertNoLeak,
  disposeTree,
  flattenTree,
  readTensor,
  square,
  sum,
  type Tensor,
  tensorFrom,
  tidy,
  useBackend,
} from '@sofd/tensor';
import { valueAndGradients } from '@sofd/tensor/training';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  computeIntermediates,
  createParameters,
  defineModelConfig,
  encodeImages,
  encodeTexts,
  joinParameters,
  type ModelConfigInput,
  type ModelParameters,
  splitParameters,
  tokenizePrompts,
} from './index.js';

const input: ModelConfigInput = {
  embedDim: 8,
  vision: { kind: 'vit', imageSize: 12, patchSize: 4, width: 8, depth: 2, heads: 2 },
  text: { width: 12, depth: 2, heads: 3 },
};
const config = defineModelConfig(input, faceForensics);
const tokens = tokenizePrompts(config, faceForensics);
const random = createRandom('intermediates');
const pixels = Float32Array.from({ length: 2 * 12 * 12 * 3 }, () => random.normal(0, 1));
const createImages = () => tensorFrom(pixels, [2, 12, 12, 3]);

/** Parameters with enough spread for attention to prefer some tokens. */
function createSpread(): ModelParameters {
  const params = createParameters(config, createRandom(3));
  const weights = Object.fromEntries(
    [...flattenTree(params)].map(([name, { shape, size }]) => {
      const stream = random.split(name);
      return [name, { shape, data: Float32Array.from({ length: size }, () => stream.normal(0, 0.5)) }];
    }),
  );
  disposeTree(params);
  return createParameters(config, createRandom(3), { weights });
}

const readFloats = async (tensor: Tensor) => Float64Array.from(await readTensor(tensor));

/** softmax(q kᵀ / √d) of one block by loops in float64, [batch, heads, tokens, tokens]. */
async function plainAttention(
  x: Float64Array,
  params: ModelParameters,
  { name, count, heads, causal }: { name: string; count: number; heads: number; causal: boolean },
): Promise<Float64Array> {
  const leaves = flattenTree(params);
  const read = (leaf: string) => readFloats(leaves.get(`${name}.${leaf}`)!);
  const [gain, shift] = [await read('norm1.gain'), await read('norm1.bias')];
  const [weight, bias] = [await read('attention.input.weight'), await read('attention.input.bias')];
  const width = gain.length;
  const [rows, dim] = [x.length / width, width / heads];
  const project = (row: number, column: number) => {
    const values = x.subarray(row * width, (row + 1) * width);
    const mean = values.reduce((total, value) => total + value / width, 0);
    const variance = values.reduce((total, value) => total + (value - mean) ** 2 / width, 0);
    const normed = values.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gain[i]! + shift[i]!);
    return normed.reduce((total, value, i) => total + value * weight[i * 3 * width + column]!, bias[column]!);
  };
  const length = rows / count;
  const maps: number[] = [];
  for (let item = 0; item < count; item++)
    for (let head = 0; head < heads; head++)
      for (let from = 0; from < length; from++) {
        const seen = causal ? from + 1 : length;
        const scores = Array.from({ length: seen }, (_, to) => {
          const products = Array.from(
            { length: dim },
            (_, i) =>
              project(item * length + from, head * dim + i) * project(item * length + to, width + head * dim + i),
          );
          return Math.exp(products.reduce((total, product) => total + product, 0) / Math.sqrt(dim));
        });
        const total = scores.reduce((a, b) => a + b, 0);
        maps.push(...Array.from({ length }, (_, to) => (scores[to] ?? 0) / total));
      }
  return Float64Array.from(maps);
}

describe('computeIntermediates', () => {
  beforeAll(() => useBackend(wasm()));

  it.each([
    { encoder: 'vision', index: 0, count: 2, length: 10, heads: 2, causal: false },
    { encoder: 'vision', index: 1, count: 2, length: 10, heads: 2, causal: false },
    { encoder: 'text', index: 1, count: tokens.count, length: tokens.length, heads: 3, causal: true },
  ])('gives the attention maps of $encoder block $index as a plain computation does', async (block) => {
    const { encoder, index, count, length, heads, causal } = block;
    const [images, params] = [createImages(), createSpread()];
    const name = `${encoder}.blocks.${index}`;
    const before = index === 0 ? `${encoder}.tokens` : `${encoder}.blocks.${index - 1}.output`;
    const names = [before, `${name}.attention`];
    const found = computeIntermediates(config, params, { images, tokens, names });
    const maps = found[`${name}.attention`]!;
    expect(maps.shape).toEqual([count, heads, length, length]);
    const expected = await plainAttention(await readFloats(found[before]!), params, { name, count, heads, causal });
    const actual = await readFloats(maps);
    // Scores below 16 are sums of 12 products in float32, so off by at most 12 · 16 · 2^-24; a weight, at most 1, by as much.
    for (const [i, weight] of actual.entries())
      expect(Math.abs(weight - expected[i]!)).toBeLessThan(12 * 16 * 2 ** -24);
    expect(Math.max(...actual)).toBeGreaterThan(1.4 / length);
    disposeTree({ images, params, found });
  });

  it('has the embeddings, bit for bit, and leaves nothing else behind', async () => {
    await assertNoLeak(async () => {
      const [images, params] = [createImages(), createSpread()];
      const names = ['vision.embedding', 'text.embedding'];
      const found = computeIntermediates(config, params, { images, tokens, names });
      const image = tidy(() => encodeImages(config, params, images));
      const text = tidy(() => encodeTexts(config, params, tokens));
      expect(Object.keys(found)).toEqual(names);
      expect(await readTensor(found['vision.embedding']!)).toEqual(await readTensor(image));
      expect(await readTensor(found['text.embedding']!)).toEqual(await readTensor(text));
      disposeTree({ images, params, found, image, text });
    });
  });

  it('is differentiable', async () => {
    const [images, params] = [createImages(), createSpread()];
    const { trainable, frozen } = splitParameters(config, params);
    const name = 'vision.blocks.1.attention';
    const { value, gradients } = valueAndGradients((flat) => {
      const { [name]: maps } = computeIntermediates(config, joinParameters(config, frozen, flat), {
        images,
        names: [name],
      });
      return sum(square(maps!)) as Tensor;
    }, trainable);
    const reached = async (leaf: string) => (await readTensor(gradients[leaf]!)).some((slope) => slope !== 0);
    expect(await reached('vision.patchProjection')).toBe(true);
    expect(await reached('vision.blocks.1.attention.input.weight')).toBe(true);
    expect(await reached('vision.projection')).toBe(false);
    disposeTree({ images, params, value, gradients });
  });

  it('lists what there is for a name that is unknown or of an encoder without input, and frees all', async () => {
    await assertNoLeak(async () => {
      const [images, params] = [createImages(), createSpread()];
      const compute = (name: string) => () =>
        computeIntermediates(config, params, { images, names: ['vision.tokens', name] });
      expect(compute('vision.blocks.2.output')).toThrow(InvalidOptionError);
      expect(compute('vision.blocks.2.output')).toThrow(/vision\.blocks\.1\.output.* got vision\.blocks\.2\.output/);
      expect(compute('text.tokens')).toThrow(/vision\.patches.*got text\.tokens/);
      disposeTree({ images, params });
    });
  });

  it('knows the pooled stem', async () => {
    const vision: ModelConfigInput['vision'] = {
      kind: 'pooled-stem',
      imageSize: 16,
      firstChannels: 4,
      blocks: [{ channels: 6, stride: 1 }],
      pooledBlocks: [1],
    };
    const stem = defineModelConfig({ ...input, vision }, faceForensics);
    await assertNoLeak(async () => {
      const params = createParameters(stem, createRandom(1));
      const images = tensorFrom(new Float32Array(16 * 16 * 3).fill(9), [1, 16, 16, 3]);
      const names = ['vision.standardized', 'vision.embedding'];
      const found = computeIntermediates(stem, params, { images, names });
      expect(names.map((name) => found[name]!.shape[1])).toEqual([12, 8]);
      disposeTree({ images, params, found });
    });
  });
});

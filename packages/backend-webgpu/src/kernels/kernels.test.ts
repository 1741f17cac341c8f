import { countDispatches, webgpu } from '@sofd/backend-webgpu';
import { createRandom } from '@sofd/core';
import {
  biasQuickGelu,
  linear,
  matMul,
  readTensor,
  sum,
  type Tensor,
  tensor,
  tensorFrom,
  useBackend,
} from '@sofd/tensor';
import { createAdamW } from '@sofd/tensor/training';
import { engine, env, type NamedAttrMap } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WebgpuBackend } from '../tfjs-backend.js';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const backend = () => engine().backend as unknown as WebgpuBackend;
const bufferOf = ({ dataId }: Tensor) => backend().tensorMap.get(dataId).resource;

const random = createRandom('kernels');
const draw = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensorFrom(
    Float32Array.from({ length: size }, () => random.uniformBetween(-1, 1)),
    shape,
  );
};

const attention = { heads: 2, causal: true };
const rates = {
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  stepSize: 0.1,
  inverseRootCorrection2: 1,
  decay: 1,
  emaDecay: 0,
};

/** Each kernel on 40 rows of 12, with the dispatches that it takes. */
const kernels: readonly (readonly [string, number, Record<string, readonly number[]>, object])[] = [
  ['linear.forward', 1, { x: [40, 12], weight: [12, 7], bias: [7] }, {}],
  ['layerNorm.forward', 1, { x: [40, 12], gain: [12], bias: [12] }, { epsilon: 1e-5 }],
  ['layerNorm.gradient', 2, { x: [40, 12], gain: [12], dy: [40, 12] }, { epsilon: 1e-5 }],
  ['biasQuickGelu.forward', 1, { x: [40, 12], bias: [12] }, {}],
  ['biasQuickGelu.gradient', 2, { x: [40, 12], bias: [12], dy: [40, 12] }, {}],
  ['attention.forward', 1, { qkv: [2, 20, 36] }, attention],
  ['attention.gradient', 2, { qkv: [2, 20, 36], dy: [2, 20, 12] }, attention],
  ['fidelity.forward', 1, { marginals: [40], complements: [40], targets: [40] }, { epsilon: 1e-8 }],
  ['fidelity.gradient', 1, { marginals: [40], complements: [40], targets: [40], dy: [40] }, { epsilon: 1e-8 }],
  ['adamW.update', 1, { param: [40], gradient: [40], m: [40], v: [40] }, { ...rates, donate: false }],
  ['adamW.update', 1, { param: [40], gradient: [40], m: [40], v: [40], gradientScale: [] }, { ...rates, donate: true }],
];

describe.skipIf(!availability.available)(`kernels on WebGPU${reason}`, () => {
  beforeAll(async () => {
    await useBackend(webgpu());
    env().set('WEBGPU_CPU_FORWARD', false);
  });

  test.each(kernels)('%s takes %d dispatches', async (name, expected, shapes, attrs) => {
    const inputs = Object.fromEntries(Object.entries(shapes).map(([input, shape]) => [input, draw(...shape)]));
    const run = () => engine().runKernel(`sofd.${name}`, inputs, attrs as NamedAttrMap);
    expect((await countDispatches(run)).dispatches).toBe(expected);
  });

  test('a lookup and its gradient take one dispatch each', async () => {
    const ids = tensor([3, 0, 3], [3], 'int32');
    const run = () => engine().runKernel('sofd.embedding.forward', { ids, table: draw(5, 4) });
    const back = () => engine().runKernel('sofd.embedding.gradient', { ids, dy: draw(3, 4) }, { vocabulary: 5 });
    expect((await countDispatches(run)).dispatches).toBe(1);
    expect((await countDispatches(back)).dispatches).toBe(1);
  });

  test('more workgroups than fit into one dimension of a dispatch are all run', async () => {
    // A workgroup has 64 numbers.
    const size = 64 * 65_535 + 70;
    const values = new Float32Array(size);
    values[0] = 20;
    values[size - 1] = 30;
    const y = await readTensor(biasQuickGelu(tensorFrom(values, [size / 2, 2]), tensor([20, 20])));
    // Whole numbers, for the sigmoid of 34 and more is 1; each to the few units that division may cost.
    expect([y[0], y[1], y[size - 2], y[size - 1]].map((value) => Math.round(value!))).toEqual([40, 20, 20, 50]);
    expect(y.every((value) => value > 19.999)).toBe(true);
  });

  test.each([
    [[30, 5], [0], false],
    [[2, 30, 5], [0, 1], false],
    [[3, 4, 33], [0], true],
    [[7, 1, 3], [0], true],
    [[1, 9, 2], [1], false],
    [[300, 1, 2], [0, 1], false],
  ] as const)('a sum of %j over %j takes one dispatch', async (shape, axes, keepDims) => {
    const x = draw(...shape);
    const { result, dispatches } = await countDispatches(() => sum(x, [...axes], keepDims));
    expect(dispatches).toBe(1);
    const columns = result.size;
    const values = await readTensor(x);
    const expected = Array.from({ length: columns }, (_, column) =>
      values.filter((__, i) => i % columns === column).reduce((total, value) => total + value, 0),
    );
    // 300 terms of at most 1, each addition rounded to half a unit of a sum of at most 300.
    (await readTensor(result)).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(300 * 300 * 2 ** -24);
    });
    expect(result.shape).toEqual(sum(x.clone(), [...axes], keepDims).shape);
  });

  test.each([false, true])('long products with few results repeat bit by bit, transposed: %j', async (transposed) => {
    const [rows, inner, columns] = [20, 3001, 24];
    const [a, b, bias] = [draw(...(transposed ? [inner, rows] : [rows, inner])), draw(inner, columns), draw(columns)];
    const product = () => (transposed ? matMul(a, b, true) : linear(a, b, bias));
    const { result, dispatches } = await countDispatches(product);
    expect(dispatches).toBe(2);
    const first = await readTensor(result);
    expect(await readTensor(product())).toEqual(first);
    const [left, right, shift] = [await readTensor(a), await readTensor(b), await readTensor(bias)];
    for (const i of [0, 7, 23, 24, 100, rows * columns - 1]) {
      const [row, column] = [Math.floor(i / columns), i % columns];
      let expected = transposed ? 0 : shift[column]!;
      for (let k = 0; k < inner; k += 1) {
        expected += left[transposed ? k * rows + row : row * inner + k]! * right[k * columns + column]!;
      }
      // Parts of 256 terms below 1, whose sums of at most 256 are rounded 256 times, then 12 parts.
      expect(Math.abs(first[i]! - expected)).toBeLessThan((256 * 256 + 12 * inner) * 2 ** -24);
    }
  });

  test('a donated update reuses the memory, unless it is shared', async () => {
    const optimizer = createAdamW({ learningRate: 0.1, emaDecay: 0.9 });
    const [gradients, params] = [{ p: draw(2000) }, { p: draw(2000) }];
    // The average begins as a clone of the parameters.
    const first = optimizer.update(params, gradients, optimizer.init(params), { donate: true });
    const tensorsOf = ({ params: { p }, state: { m, v, ema } }: typeof first) => [p, m.p, v.p, ema?.p] as Tensor[];
    const before = tensorsOf(first).map(bufferOf);
    expect(new Set(before).size).toBe(4);
    const second = optimizer.update(first.params, gradients, first.state, { donate: true });
    const after = tensorsOf(second).map(bufferOf);
    after.forEach((buffer, i) => {
      expect(buffer).toBe(before[i]);
    });
  });
});

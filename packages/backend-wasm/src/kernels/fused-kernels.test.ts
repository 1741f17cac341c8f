import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startKernels, type TestKernels } from '../../testing/start-kernels.js';
import { createAdamW } from './adam-w.js';
import { createAttention } from './attention.js';
import { createBiasQuickGelu } from './bias-quick-gelu.js';
import { createEmbedding } from './embedding.js';
import { createFidelity } from './fidelity.js';
import { type KernelContext, sizeOf } from './kernel-context.js';
import { createLayerNorm } from './layer-norm.js';
import { sumColumns } from './sum-columns.js';

let kernels: TestKernels;

beforeAll(async () => {
  kernels = await startKernels(3);
});

afterAll(() => kernels.dispose());

const unitRoundoff = 2 ** -24;

/** Runs an export on numbers that are placed on the heap, and returns the last of them. */
function run(kernel: string, args: readonly (number | ArrayLike<number>)[]): Float32Array {
  const placed = args.map((argument) => (typeof argument === 'number' ? undefined : kernels.place(argument)));
  kernels.contexts[0]!.pool.run(kernel, [args.map((argument, i) => placed[i]?.address ?? (argument as number))]);
  const last = args.findLastIndex((argument) => typeof argument !== 'number');
  const result = kernels.read(placed[last]!.address, (args[last] as ArrayLike<number>).length);
  for (const one of placed) one?.free();
  return result;
}

describe('e^x', () => {
  test('is right to 2.5 half units in the last place, wherever it is a normal float', () => {
    // A row of scores with the maximum 0: the weights are e^x over their sum, and so is the first, of e^0 = 1.
    const count = 200_000;
    const scores = Float32Array.from({ length: count }, (_, i) => (-87.3 * i) / count);
    const weights = run('softmaxRows', [0, 1, count, 1, 0, scores]);
    let worst = 0;
    for (let i = 1; i < count; i += 1) {
      const power = weights[i]! / weights[0]!;
      // Weights below 2^-126 have fewer digits.
      if (weights[i]! > 2 ** -126) worst = Math.max(worst, Math.abs(power / Math.exp(scores[i]!) - 1));
    }
    // Both weights are rounded once more when they are divided by the sum.
    expect(worst).toBeLessThan((2.5 + 2) * unitRoundoff);
    expect(worst).toBeGreaterThan(0);
  });

  test('is cut off where floats end', () => {
    const weights = run('softmaxRows', [0, 1, 4, 1, 0, [0, -100, -1e30, Number.NEGATIVE_INFINITY]]);
    expect(weights[0]).toBe(1);
    for (const weight of weights.subarray(1)) expect(weight).toBeLessThan(2 ** -125);
    // 1.702 * 60 is beyond, and so is z / e^102.
    const [large, small] = run('biasQuickGelu', [0, 1, 2, [60, -60], [0, 0], [0, 0]]);
    expect(large).toBe(60);
    expect(Math.abs(small!)).toBeLessThan(1e-36);
  });

  test('leaves NaN what it is, in any column', () => {
    for (let column = 0; column < 6; column += 1) {
      const row = new Float32Array(6).fill(0.5);
      row[column] = Number.NaN;
      expect([...run('softmaxRows', [0, 1, 6, 1, 0, row])]).toEqual(new Array(6).fill(Number.NaN));
      expect(run('biasQuickGelu', [0, 1, 6, row, new Float32Array(6), new Float32Array(6)])[column]).toBeNaN();
    }
  });
});

describe('an id that is none', () => {
  test('gives a row of zeros, and its gradient goes nowhere', () => {
    const context = kernels.contexts[0]!;
    const { forward, gradient } = createEmbedding(context);
    const ids = integers(context, [1, -1, 2, 1]);
    const table = floats(context, [2, 3], 1);
    const rows = read(forward({ ids, table }), context);
    const second = read(table, context).subarray(3);
    expect([...rows]).toEqual([...second, 0, 0, 0, 0, 0, 0, ...second]);
    const dy = floats(context, [4, 3], 2);
    const slopes = read(dy, context);
    const sums = read(gradient({ ids, dy }, { vocabulary: 2 })[0], context);
    expect([...sums]).toEqual([0, 0, 0, ...[0, 1, 2].map((i) => Math.fround(slopes[i]! + slopes[9 + i]!))]);
  });
});

const floats = ({ make, heap, addressOf }: KernelContext, shape: readonly number[], seed: number): TensorInfo => {
  const tensor = make(shape);
  const view = new Float32Array(heap.wasm.HEAPU8.buffer, addressOf(tensor), sizeOf(shape));
  for (let i = 0; i < view.length; i += 1) view[i] = Math.sin(i * 12.9898 + seed);
  return tensor;
};

const integers = ({ make, heap, addressOf }: KernelContext, values: readonly number[]): TensorInfo => {
  const tensor = make([values.length]);
  new Int32Array(heap.wasm.HEAPU8.buffer, addressOf(tensor), values.length).set(values);
  return { ...tensor, dtype: 'int32' };
};

const read = (tensor: TensorInfo, { addressOf }: KernelContext) =>
  kernels.read(addressOf(tensor), sizeOf(tensor.shape));

type Kernel = (context: KernelContext) => TensorInfo | readonly TensorInfo[];

const rates: Parameters<Required<FusedKernels>['adamW']['update']>[1] = {
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, stepSize: 0.1, inverseRootCorrection2: 2, decay: 0.99, emaDecay: 0.9 },
  donate: false,
};

/** Sizes that are worth three threads, and that three does not divide. */
const large: Readonly<Record<string, Kernel>> = {
  layerNorm: (c) =>
    createLayerNorm(c).forward(
      { x: floats(c, [1001, 203], 1), gain: floats(c, [203], 2), bias: floats(c, [203], 3) },
      { epsilon: 1e-5 },
    ),
  'layerNorm, gradient': (c) =>
    createLayerNorm(c).gradient(
      { x: floats(c, [1001, 203], 1), gain: floats(c, [203], 2), dy: floats(c, [1001, 203], 3) },
      { epsilon: 1e-5 },
    ),
  biasQuickGelu: (c) => createBiasQuickGelu(c).forward({ x: floats(c, [1001, 203], 1), bias: floats(c, [203], 2) }),
  'biasQuickGelu, gradient': (c) =>
    createBiasQuickGelu(c).gradient({
      ...{ x: floats(c, [1001, 203], 1), bias: floats(c, [203], 2), dy: floats(c, [1001, 203], 3) },
    }),
  attention: (c) => createAttention(c).forward({ qkv: floats(c, [5, 50, 3 * 2 * 33], 1) }, { heads: 2, causal: false }),
  'attention, causal, gradient': (c) =>
    createAttention(c).gradient(
      { qkv: floats(c, [5, 50, 3 * 2 * 33], 1), dy: floats(c, [5, 50, 2 * 33], 2) },
      { heads: 2, causal: true },
    ),
  embedding: (c) => createEmbedding(c).forward({ ids: manyIds(c), table: floats(c, [7, 203], 1) }),
  'embedding, gradient': (c) =>
    createEmbedding(c).gradient({ ids: manyIds(c), dy: floats(c, [1001, 203], 1) }, { vocabulary: 7 }),
  fidelity: (c) => createFidelity(c).forward(positive(c), { epsilon: 1e-8 }),
  'fidelity, gradient': (c) =>
    createFidelity(c).gradient({ ...positive(c), dy: floats(c, [101, 997], 5) }, { epsilon: 1e-8 }),
  adamW: (c) => {
    const [param, gradient, m, ema] = [1, 2, 3, 4].map((seed) => floats(c, [100_001], seed)) as [
      TensorInfo,
      TensorInfo,
      TensorInfo,
      TensorInfo,
    ];
    return createAdamW(c).update({ param, gradient, m, v: positive(c, [100_001]).marginals, ema }, rates);
  },
  'column sums': (c) => {
    const [x, y] = [floats(c, [1001, 203], 1), c.make([203])];
    sumColumns(c, { rows: 1001, columns: 203, x, stride: 203, y });
    return y;
  },
};

const manyIds = (context: KernelContext) =>
  integers(
    context,
    Array.from({ length: 1001 }, (_, i) => (i * i) % 7),
  );

/** Numbers above 0. */
function positive(context: KernelContext, shape: readonly number[] = [101, 997]) {
  const tensor = floats(context, shape, 1);
  const view = new Float32Array(context.heap.wasm.HEAPU8.buffer, context.addressOf(tensor), sizeOf(shape));
  for (let i = 0; i < view.length; i += 1) view[i] = view[i]! ** 2;
  return { marginals: tensor, complements: tensor, targets: tensor };
}

describe('any number of threads gives the same bits', () => {
  test.each(Object.entries(large))('%s', (_, kernel) => {
    const results = kernels.contexts.map((context) => {
      const spy = vi.spyOn(context.pool, 'run');
      const outputs = [kernel(context)].flat();
      const shares = Math.max(...spy.mock.calls.map(([, { length }]) => length));
      spy.mockRestore();
      return { shares, values: outputs.map((output) => read(output, context)) };
    });
    expect(results.map(({ shares }) => shares)).toEqual([1, 2, 3]);
    // As text, because comparing arrays number by number takes seconds.
    const [one, two, three] = results.map(({ values }) => values.join());
    expect(one).toMatch(/[1-9]/);
    expect(two === one).toBe(true);
    expect(three === one).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startKernels, type TestKernels } from '../../testing/start-kernels.js';
import type { GemmCall } from './gemm.js';
import { createWasmGemm } from './wasm-gemm.js';

let kernels: TestKernels;

beforeAll(async () => {
  kernels = await startKernels(3);
});

afterAll(() => kernels.dispose());

/** Extents of a product, and how its matrices are stored. */
interface Case {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Floats between the end of a row and the next. */
  readonly gap?: number;
  readonly batch?: number;
  readonly sharesA?: boolean;
  readonly sharesB?: boolean;
  readonly beta?: 0 | 1;
  readonly hasBias?: boolean;
  readonly isFrozen?: boolean;
}

/** From -1 to 1, without a pattern that a tile could repeat. */
const values = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin((i + 1) * 12.9898 + seed) * 0.999));

const unitRoundoff = 2 ** -24;

/** Places the operands, multiplies with so many threads, and returns what was given and what C then is. */
function multiply(given: Case, threads = 1) {
  const { rows, inner, columns, transposeA = false, transposeB = false, gap = 0, batch = 1, beta = 0 } = given;
  const strideA = (transposeA ? rows : inner) + gap;
  const strideB = (transposeB ? inner : columns) + gap;
  const strideC = columns + gap;
  const [sizeA, sizeB, sizeC] = [
    (transposeA ? inner : rows) * strideA,
    (transposeB ? columns : inner) * strideB,
    rows * strideC,
  ];
  const a = values(sizeA * (given.sharesA ? 1 : batch), 1);
  const b = values(sizeB * (given.sharesB ? 1 : batch), 2);
  const before = values(sizeC * batch, 3);
  const bias = given.hasBias ? values(columns, 4) : undefined;
  const placed = [a, b, before, bias ?? []].map((numbers) => kernels.place(numbers));
  const [atA, atB, atC, atBias] = placed.map(({ address }) => address) as [number, number, number, number];
  const gemm = createWasmGemm(kernels.contexts[threads - 1]!);
  const call: GemmCall = {
    ...{ rows, inner, columns, batch, beta },
    ...{ a: atA, strideA, transposeA, batchStrideA: given.sharesA ? 0 : sizeA },
    ...{ b: atB, strideB, transposeB, batchStrideB: given.sharesB ? 0 : sizeB },
    ...{ c: atC, strideC, batchStrideC: sizeC },
    bias: bias && atBias,
    frozenB: given.isFrozen ? {} : undefined,
  };
  gemm.multiply(call);
  const c = kernels.read(atC, before.length);
  gemm.dispose();
  for (const { free } of placed) free();
  return { a, b, before, bias, c, call };
}

/** Compares with a loop in float64, number by number, the gaps included. */
function expectRight(given: Case, threads = 1) {
  const { a, b, before, bias, c, call } = multiply(given, threads);
  const { rows, inner, columns, strideA, transposeA, strideB, transposeB, strideC, batch = 1, beta } = call;
  const { batchStrideA = 0, batchStrideB = 0, batchStrideC = 0 } = call;
  const wrong: string[] = [];
  for (let at = 0; at < c.length; at += 1) {
    const stack = batchStrideC > 0 ? Math.floor(at / batchStrideC) : 0;
    const [row, column] = [Math.floor((at - stack * batchStrideC) / strideC), at % strideC];
    if (column >= columns) {
      if (c[at] !== before[at]) wrong.push(`the gap at ${at} was written`);
      continue;
    }
    let sum = (bias?.[column] ?? 0) + (beta ? before[at]! : 0);
    let magnitude = Math.abs(bias?.[column] ?? 0) + (beta ? Math.abs(before[at]!) : 0);
    for (let k = 0; k < inner; k += 1) {
      const x = a[stack * batchStrideA + (transposeA ? k * strideA + row : row * strideA + k)]!;
      const y = b[stack * batchStrideB + (transposeB ? column * strideB + k : k * strideB + column)]!;
      sum += x * y;
      magnitude += Math.abs(x * y);
    }
    // Each product is rounded once, and goes through at most as many additions as there are terms.
    const bound = (inner + 2) * unitRoundoff * magnitude;
    if (!(Math.abs(c[at]! - sum) <= bound)) wrong.push(`${at}: ${c[at]} instead of ${sum}`);
  }
  expect(batch * rows * strideC).toBe(c.length);
  expect(wrong.slice(0, 3)).toEqual([]);
}

/** One number; a whole tile; less and more than tiles; more than a block of inner indices, of rows, of columns. */
const extents = [
  [1, 1, 1],
  [5, 8, 8],
  [4, 3, 8],
  [7, 3, 9],
  [13, 301, 17],
  [50, 64, 50],
  [203, 5, 9],
  [411, 258, 6],
  [3, 4, 2051],
  [2, 300, 2060],
] as const;

const orders = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));

describe('createWasmGemm', () => {
  for (const [rows, inner, columns] of extents) {
    test.each(orders)(`[${rows}, ${inner}] times [${inner}, ${columns}], %o`, (order) => {
      expectRight({ rows, inner, columns, ...order });
      expectRight({ rows, inner, columns, ...order, gap: 3, hasBias: true });
      expectRight({ rows, inner, columns, ...order, gap: 1, beta: 1 });
      expectRight({ rows, inner, columns, ...order, isFrozen: true, hasBias: true });
    });
  }

  test.each(orders)('stacks, %o', (order) => {
    const stack = { rows: 11, inner: 6, columns: 10, batch: 3, gap: 2, ...order };
    expectRight(stack);
    expectRight({ ...stack, sharesA: true });
    expectRight({ ...stack, sharesB: true, hasBias: true });
    expectRight({ ...stack, sharesB: true, isFrozen: true });
  });

  test.each([
    { rows: 0, inner: 3, columns: 4 },
    { rows: 3, inner: 4, columns: 0 },
    { rows: 3, inner: 0, columns: 4 },
    { rows: 3, inner: 0, columns: 4, hasBias: true },
    { rows: 3, inner: 0, columns: 4, beta: 1 as const },
    { rows: 3, inner: 0, columns: 4, isFrozen: true, hasBias: true },
    { rows: 3, inner: 2, columns: 4, batch: 0 },
  ])('empty: %o', (given) => expectRight(given));

  test.each([
    { name: 'rows', rows: 301, inner: 300, columns: 50 },
    { name: 'columns', rows: 50, inner: 300, columns: 301 },
    { name: 'columns of a frozen operand', rows: 50, inner: 300, columns: 301, isFrozen: true },
    { name: 'a stack', rows: 50, inner: 64, columns: 50, batch: 25 },
    { name: 'a transposed left operand', rows: 301, inner: 300, columns: 50, transposeA: true },
    { name: 'a transposed right operand', rows: 50, inner: 300, columns: 301, transposeB: true },
  ])('any number of threads gives the same bits: $name', (given) => {
    for (const { pool } of kernels.contexts) vi.spyOn(pool, 'run');
    expectRight(given, 3);
    const [one, two, three] = [1, 2, 3].map((threads) => multiply(given, threads).c);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    const shares = kernels.contexts.map(({ pool }) => vi.mocked(pool.run).mock.lastCall?.[1].length);
    expect(shares).toEqual([1, 2, 3]);
    vi.restoreAllMocks();
  });

  test('above 2 GiB, where addresses have a sign', () => {
    const { heap } = kernels;
    const taken = [heap.makeOutput([2.1 * 2 ** 28], 'float32')];
    const lastPlace = () => heap.dataIdMap.get(taken.at(-1)!.dataId).memoryOffset;
    // What is free below, from large to small pieces.
    for (const size of [2 ** 20, 2 ** 14, 2 ** 8, 2 ** 4]) {
      do taken.push(heap.makeOutput([size], 'float32'));
      while (lastPlace() < 2 ** 31);
    }
    const given = { rows: 33, inner: 15, columns: 17, hasBias: true, isFrozen: true };
    const { call } = multiply(given);
    expect(Math.min(call.a, call.b, call.c)).toBeGreaterThan(2 ** 31);
    expectRight(given);
    for (const { dataId } of taken) heap.disposeData(dataId);
  });

  test('small products stay on one thread', () => {
    const { pool } = kernels.contexts[2]!;
    const run = vi.spyOn(pool, 'run');
    expectRight({ rows: 20, inner: 30, columns: 40 }, 3);
    expect(run.mock.lastCall?.[1]).toHaveLength(1);
    run.mockRestore();
  });
});

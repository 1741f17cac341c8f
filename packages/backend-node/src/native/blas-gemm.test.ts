import type { GemmCall } from '@sofd/backend-wasm';
import { describe, expect, test } from 'vitest';
import { createBlasGemm } from './blas-gemm.js';
import { bindProducts } from './blas-products.js';
import { loadBlas } from './load-blas.js';

const floatBytes = Float32Array.BYTES_PER_ELEMENT;
const [floats, memory] = createHeap(500_000);

function createHeap(length: number) {
  const heap = new Float32Array(new SharedArrayBuffer(length * floatBytes));
  return [heap, { buffer: heap.buffer }] as const;
}

/** Where the operands lie on the heap, in floats, with room between them. */
const places = { a: 1_000, b: 100_000, c: 300_000, bias: 450_000 };

/** Whole numbers from -4 to 5 without a short period: their products and sums are exact, in any order. */
const digits = Float32Array.from(floats, (_, i) => ((i * i) % 9) - 4 + ((i >> 4) % 2));

const libraries = await Promise.all(
  ['openblas', 'numpy', 'mkl', 'accelerate'].map(async (choice) => ({ choice, found: await loadBlas(choice) })),
);

const spanOfC = 120_000;
const readC = () => floats.slice(places.c, places.c + spanOfC);

/** Calls back with the number, row and column of each product of a stack, and where it lies in C's memory. */
function forElements(call: GemmCall, visit: (i: number, row: number, column: number, at: number) => void): void {
  for (let i = 0; i < (call.batch ?? 1); i += 1) {
    for (let row = 0; row < call.rows; row += 1) {
      for (let column = 0; column < call.columns; column += 1) {
        visit(i, row, column, i * (call.batchStrideC ?? 0) + row * call.strideC + column);
      }
    }
  }
}

/** The memory of C after a product, by the definition. */
function multiplyPlainly(call: GemmCall): Float32Array {
  const { inner, alpha = 1, beta = 0, bias, batchStrideA = 0, batchStrideB = 0 } = call;
  const c = readC();
  const readA = (i: number, row: number, k: number) =>
    floats[places.a + i * batchStrideA + (call.transposeA ? k * call.strideA + row : row * call.strideA + k)]!;
  const readB = (i: number, k: number, column: number) =>
    floats[places.b + i * batchStrideB + (call.transposeB ? column * call.strideB + k : k * call.strideB + column)]!;
  forElements(call, (i, row, column, at) => {
    let sum = 0;
    for (let k = 0; k < inner; k += 1) sum += readA(i, row, k) * readB(i, k, column);
    const before = bias === undefined ? beta * c[at]! : floats[places.bias + column]!;
    c[at] = alpha * sum + before;
  });
  return c;
}

/** Fills the heap, and C with what must not be read where it is overwritten. */
function prepare(call: GemmCall): void {
  floats.set(digits);
  if (!call.beta)
    forElements(call, (_i, _row, _column, at) => floats.fill(Number.NaN, places.c + at, places.c + at + 1));
}

const plain = {
  a: places.a * floatBytes,
  b: places.b * floatBytes,
  c: places.c * floatBytes,
  transposeA: false,
  transposeB: false,
};

/** Operands without gaps. */
function dense(rows: number, inner: number, columns: number, changes: Partial<GemmCall> = {}): GemmCall {
  const { transposeA = false, transposeB = false } = changes;
  const strides = { strideA: transposeA ? rows : inner, strideB: transposeB ? inner : columns, strideC: columns };
  const steps = { batchStrideA: rows * inner, batchStrideB: inner * columns, batchStrideC: rows * columns };
  return { ...plain, rows, inner, columns, ...strides, ...steps, ...changes };
}

const bias = places.bias * floatBytes;
const cases: Record<string, GemmCall> = {
  'one number': dense(1, 1, 1),
  'a row': dense(1, 37, 53),
  'a column': dense(41, 19, 1),
  'odd extents': dense(13, 29, 7),
  'A transposed': dense(13, 29, 7, { transposeA: true }),
  'B transposed': dense(13, 29, 7, { transposeB: true }),
  'both transposed': dense(13, 29, 7, { transposeA: true, transposeB: true }),
  'more than a panel': dense(70, 401, 211),
  'more than a panel, wide': dense(5, 390, 500, { transposeB: true }),
  alpha: dense(9, 10, 11, { alpha: 0.5 }),
  'beta 1': dense(9, 10, 11, { beta: 1 }),
  'alpha and beta': dense(9, 10, 11, { alpha: -2, beta: 1 }),
  bias: dense(9, 10, 11, { bias }),
  'bias of one row': dense(1, 10, 300, { bias }),
  stack: dense(5, 6, 7, { batch: 4 }),
  'stack, B shared': dense(5, 6, 7, { batch: 4, batchStrideB: 0, bias }),
  'stack, A shared': dense(5, 6, 7, { batch: 4, batchStrideA: 0 }),
  'stack, A transposed, B shared': dense(5, 6, 7, { batch: 4, batchStrideB: 0, transposeA: true }),
  'stack with bias': dense(5, 6, 7, { batch: 3, bias }),
  'a head among others': dense(50, 64, 50, {
    strideA: 192,
    strideB: 192,
    transposeB: true,
    batch: 3,
    batchStrideA: 64,
    batchStrideB: 64,
  }),
  'columns of a wider matrix': dense(50, 50, 64, {
    strideB: 192,
    strideC: 192,
    batch: 3,
    batchStrideC: 64,
    batchStrideB: 64,
  }),
  'columns of a wider matrix with bias': dense(50, 50, 64, { strideC: 192, bias }),
  'no inner extent': dense(3, 0, 4),
  'no inner extent, with bias': dense(3, 0, 4, { bias }),
  'no rows': dense(0, 3, 4),
  'no columns': dense(3, 4, 0),
  large: dense(300, 200, 320, { transposeA: true }),
};

/** What the wasm kernel of this name does. */
function fillRows(rows: number, width: number, row: number, to: number, stride: number): void {
  const floats = new Float32Array(memory.buffer);
  for (let i = 0; i < rows; i += 1) floats.copyWithin(to / 4 + i * stride, row / 4, row / 4 + width);
}

for (const { choice, found } of libraries) {
  const reason = 'blas' in found ? '' : ` (skipped: ${found.reason})`;
  describe.skipIf(!('blas' in found))(`products by ${choice}${reason}`, () => {
    const { blas, foreign } = found as Extract<typeof found, { blas: unknown }>;

    test.each([1, 3])('are exact on whole numbers, split for %i threads', (size) => {
      const { addressOf } = foreign;
      const kernels = bindProducts(blas.recipe, { memory, exports: { fillRows }, addressOf, find: blas.find });
      const run = (kernel: keyof typeof kernels, shares: readonly (readonly number[])[]) => {
        expect(shares.length).toBeLessThanOrEqual(size);
        for (const share of shares) kernels[kernel](...share);
      };
      const gemm = createBlasGemm({ blas, foreign, memory, threads: { size, run } });
      for (const [name, call] of Object.entries(cases)) {
        prepare({ ...call, beta: 1 });
        const expected = multiplyPlainly(call);
        const frozenB = {};
        // A frozen operand may be reordered at the second product.
        for (const kept of [undefined, frozenB, frozenB, frozenB]) {
          prepare(call);
          gemm.multiply({ ...call, frozenB: kept });
          const wrong = readC().findIndex((value, i) => value !== expected[i]);
          expect(wrong, `first wrong number of: ${name}, ${kept ? 'frozen' : 'not frozen'}`).toBe(-1);
        }
        gemm.forget(frozenB);
      }
      gemm.dispose();
    });
  });
}

import { OutOfMemoryError } from '@sofd/core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startKernels, type TestKernels } from '../../testing/start-kernels.js';
import type { GemmCall } from './gemm.js';
import { createPackedOperands, orders } from './packed-operands.js';

let kernels: TestKernels;
let call: GemmCall;

beforeAll(async () => {
  kernels = await startKernels();
  const weights = kernels.place(Float32Array.from({ length: 6 }, (_, i) => i));
  call = {
    ...{ rows: 4, inner: 2, columns: 3 },
    ...{ a: 0, strideA: 2, transposeA: false, b: weights.address, strideB: 3, transposeB: false, c: 0, strideC: 3 },
    frozenB: {},
  };
});

afterAll(() => kernels.dispose());
afterEach(() => vi.restoreAllMocks());

function start() {
  const { heap, exports } = kernels.contexts[0]!;
  const packRight = vi.fn(exports.packRight);
  const operands = createPackedOperands({ heap, exports: { ...exports, packRight } });
  return { operands, packRight, free: vi.spyOn(heap.wasm, '_free'), malloc: vi.spyOn(heap.wasm, '_malloc') };
}

describe('createPackedOperands', () => {
  test('copies a frozen operand at the first product, once', () => {
    const { operands, packRight } = start();
    const first = operands.find(call);
    expect(first.order).toBe(orders.packed);
    expect(operands.find({ ...call, rows: 9 })).toEqual(first);
    expect(packRight).toHaveBeenCalledTimes(1);
    // Panels of 8 columns, filled up with zeros.
    expect([...kernels.read(first.address, 16)]).toEqual([0, 1, 2, 0, 0, 0, 0, 0, 3, 4, 5, 0, 0, 0, 0, 0]);
    operands.dispose();
  });

  test('leaves others as they are', () => {
    const { operands, packRight } = start();
    expect(operands.find({ ...call, frozenB: undefined })).toEqual({
      address: call.b,
      stride: 3,
      order: orders.asItIs,
    });
    expect(operands.find({ ...call, batch: 2, batchStrideB: 6 }).order).toBe(orders.asItIs);
    expect(packRight).not.toHaveBeenCalled();
  });

  test('does not take the copy for another matrix made of the same data', () => {
    const { operands } = start();
    operands.find(call);
    const transposed = { ...call, inner: 3, columns: 2, transposeB: true };
    expect(operands.find(transposed)).toEqual({ address: call.b, stride: 3, order: orders.transposed });
    expect(operands.find({ ...call, inner: 3, columns: 2, strideB: 2 }).order).toBe(orders.asItIs);
    operands.dispose();
  });

  test('frees a copy with its data, and all in the end', () => {
    const { operands, packRight, free, malloc } = start();
    const [one, other] = [{}, {}];
    operands.find({ ...call, frozenB: one });
    operands.find({ ...call, frozenB: other });
    const memory = malloc.mock.results.map(({ value }) => value);
    operands.forget({});
    expect(free).not.toHaveBeenCalled();
    operands.forget(one);
    expect(free.mock.calls).toEqual([[memory[0]]]);
    operands.find({ ...call, frozenB: one });
    expect(packRight).toHaveBeenCalledTimes(3);
    operands.dispose();
    expect(free).toHaveBeenCalledTimes(3);
  });

  test('does without a copy where there is no memory for it', () => {
    const { operands, malloc } = start();
    malloc.mockImplementationOnce(() => {
      throw new OutOfMemoryError('wasm memory: none');
    });
    expect(operands.find(call).order).toBe(orders.asItIs);
    expect(operands.find(call).order).toBe(orders.packed);
    operands.dispose();
  });
});

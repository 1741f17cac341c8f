import { wasm } from '@sofd/backend-wasm';
import { OutOfMemoryError } from '@sofd/core';
import { countTensors, matMul, ones, readTensor, sum, type Tensor, tidy, useBackend } from '@sofd/tensor';
import { engine } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import type { WasmHeap } from './wasm-heap.js';

afterEach(() => expect(countTensors()).toBe(0));

const heapOf = () => engine().backend as unknown as WasmHeap;

/** Reserves memory without touching it, so that the machine need not have it. */
const reserve = (gibibytes: number): Tensor =>
  engine().makeTensorFromTensorInfo(heapOf().makeOutput([gibibytes * 2 ** 28], 'float32'));

async function expectToCompute() {
  const total = tidy(() => sum(matMul(ones([60, 50]), ones([50, 40]))));
  expect((await readTensor(total))[0]).toBe(60 * 50 * 40);
  total.dispose();
}

describe.each([1, 2])('without memory, %i threads', (threads) => {
  test('an engine throws, goes on, and can be made anew', async () => {
    const first = await useBackend(wasm({ threads }));
    const large = reserve(3.9);
    expect(() => reserve(3.9)).toThrow(OutOfMemoryError);
    expect(() => reserve(3.9)).toThrow(/^wasm memory: expected room for 3994 MiB, got none in a heap of \d+ MiB/);
    await expectToCompute();
    large.dispose();
    const again = reserve(3.9);
    again.dispose();
    await expectToCompute();
    await first.dispose();

    const second = await useBackend(wasm({ threads }));
    expect(heapOf().wasm.HEAPU8.length).toBeLessThan(2 ** 30);
    await expectToCompute();
    await second.dispose();
  });

  test('more than addresses can name is not taken for a little', async () => {
    const active = await useBackend(wasm({ threads }));
    expect(() => reserve(4)).toThrow(OutOfMemoryError);
    expect(() => reserve(8.1)).toThrow(OutOfMemoryError);
    await active.dispose();
  });

  test('an operation that lacks memory leaves nothing behind', async () => {
    const active = await useBackend(wasm({ threads }));
    const column = ones([12_000, 1]);
    const large = reserve(3.8);
    const before = { data: engine().backend.numDataIds(), tensors: countTensors() };
    // 549 MiB
    expect(() => matMul(column, column, false, true)).toThrow(OutOfMemoryError);
    expect({ data: engine().backend.numDataIds(), tensors: countTensors() }).toEqual(before);
    large.dispose();
    column.dispose();
    await active.dispose();
  });
});

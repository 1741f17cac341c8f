import { wasm } from '@sofd/backend-wasm';
import { BackendUnavailableError } from '@sofd/core';
import { assertNoLeak, countTensors, matMul, ones, readTensor, sum, tidy, useBackend } from '@sofd/tensor';
import { findBackend, getKernel } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import type { WasmHeap } from './heap/wasm-heap.js';

afterEach(() => expect(countTensors()).toBe(0));

describe('wasm()', () => {
  test('creating and probing an engine loads nothing', async () => {
    expect(await wasm().probe()).toEqual({ available: true, detail: 'WebAssembly, threads possible' });
    expect(findBackend('wasm')).toBeNull();
  });

  test('says which binary is missing from a folder', async () => {
    const availability = await wasm({ assets: 'no-such-folder' }).probe();
    expect(availability).toMatchObject({
      available: false,
      reason: 'no-such-folder/tfjs-backend-wasm.wasm is missing',
    });
    await expect(useBackend(wasm({ assets: 'no-such-folder' }))).rejects.toBeInstanceOf(BackendUnavailableError);
  });

  test('starts again after it was disposed of', async () => {
    for (let i = 0; i < 2; i += 1) {
      const engine = await useBackend(wasm());
      expect(await assertNoLeak(() => sumOfProduct(20))).toBe(20 ** 3);
      await engine.dispose();
    }
  });

  test('puts the stock kernel back when it is disposed of', async () => {
    const engine = await useBackend(wasm());
    const repaired = getKernel('BatchMatMul', 'wasm').kernelFunc;
    const x = ones([1]);
    await engine.dispose();
    // A tensor still lives on it, so the heap stays, with its stock kernels.
    expect(findBackend('wasm')).not.toBeNull();
    expect(getKernel('BatchMatMul', 'wasm').kernelFunc).not.toBe(repaired);
    x.dispose();
  });

  test('leaves no entries behind for the views that it multiplies', async () => {
    const engine = await useBackend(wasm());
    const heap = findBackend('wasm') as unknown as { numDataIds(): number };
    const before = heap.numDataIds();
    for (let i = 0; i < 3; i += 1) await sumOfProduct(30);
    expect(heap.numDataIds()).toBe(before);
    await engine.dispose();
  });

  test('multiplies right when the result makes the heap grow', async () => {
    const engine = await useBackend(wasm());
    const heap = findBackend('wasm') as unknown as WasmHeap;
    const before = heap.wasm.HEAPU8.length;
    // 2 * 1500 * 1500 floats are 18 MB: more than what the heap starts with has left.
    const total = tidy(() => sum(matMul(ones([2, 1500, 4]), ones([2, 1500, 4]), false, true)));
    expect((await readTensor(total))[0]).toBe(2 * 1500 * 1500 * 4);
    expect(heap.wasm.HEAPU8.length).toBeGreaterThan(before);
    total.dispose();
    await engine.dispose();
  });
});

/** A stack of two, transposed on both sides. */
async function sumOfProduct(size: number): Promise<number> {
  const total = tidy(() => sum(matMul(ones([2, size, size]), ones([2, size, size]), true, true)));
  const [value] = await readTensor(total);
  total.dispose();
  return (value ?? Number.NaN) / 2;
}

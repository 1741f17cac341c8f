import { wasm } from '@sofd/backend-wasm';
import { BackendUnavailableError } from '@sofd/core';
import {
  assertNoLeak,
  attention,
  countTensors,
  freezeParameters,
  matMul,
  ones,
  readTensor,
  reshape,
  sum,
  tidy,
  useBackend,
} from '@sofd/tensor';
import { findBackend, getKernel } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
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
    const own = getKernel('BatchMatMul', 'wasm').kernelFunc;
    const x = ones([1]);
    await engine.dispose();
    // A tensor still lives on it, so the heap stays, with its stock kernels.
    expect(findBackend('wasm')).not.toBeNull();
    expect(getKernel('BatchMatMul', 'wasm').kernelFunc).not.toBe(own);
    x.dispose();
  });

  test.each([1, 2])('gives back all memory that it took, %i threads', async (threads) => {
    const engine = await useBackend(wasm({ threads }));
    const { wasm: memory } = findBackend('wasm') as unknown as WasmHeap;
    const live = new Set<number>();
    const { _malloc: malloc, _free: free } = memory;
    memory._malloc = vi.fn((bytes) => {
      const address = malloc(bytes);
      live.add(address);
      return address;
    });
    memory._free = (address) => {
      live.delete(address);
      free(address);
    };
    const weights = ones([4, 6]);
    freezeParameters({ weights });
    const total = tidy(() => sum(attention(reshape(matMul(ones([5, 4]), weights), [1, 5, 6]), { heads: 2 })));
    expect((await readTensor(total))[0]).toBeCloseTo(5 * 2 * 4, 4);
    total.dispose();
    weights.dispose();
    await engine.dispose();
    expect(memory._malloc).toHaveBeenCalled();
    expect(live).toEqual(new Set());
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

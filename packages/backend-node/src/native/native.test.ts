import { native } from '@sofd/backend-node';
import { freezeParameters, linear, ones, readTensor, type Tensor, tensorFrom, tidy, useBackend } from '@sofd/tensor';
import { findBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';

const availability = await native().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

afterEach(() => vi.unstubAllEnvs());

test('refuses a library that it does not know, before anything is loaded', () => {
  vi.stubEnv('SOFD_BLAS', 'openbias');
  expect(() => native()).toThrow(
    "SOFD_BLAS: expected accelerate, mkl, openblas, numpy or the path of a library, got 'openbias'",
  );
});

test('says why a library that is asked for cannot be used', async () => {
  vi.stubEnv('SOFD_BLAS', '/nowhere/libblas.so');
  const probed = await native().probe();
  expect(probed).toMatchObject({ available: false, reason: expect.stringContaining('/nowhere/libblas.so') });
  await expect(native().init()).rejects.toThrow('engine native: expected a BLAS library, got none');
});

describe.skipIf(!availability.available)(`native()${reason}`, () => {
  test.each([1, 2])('multiplies right on %i threads when results make the heap grow', async (threads) => {
    const engine = await useBackend(native({ threads }));
    const heap = findBackend('wasm') as unknown as { wasm: { HEAPU8: Uint8Array } };
    const [weight, bias] = [ones([2, 1024]), tensorFrom(new Float32Array(1024).fill(3), [1024])];
    const kept: Tensor[] = [];
    let grown = 0;
    for (let rows = 1000; grown < 5; rows += 1000) {
      const before = heap.wasm.HEAPU8.length;
      const y = tidy(() => linear(ones([rows, 2]), weight, bias));
      kept.push(y);
      if (heap.wasm.HEAPU8.length > before) grown += 1;
      expect((await readTensor(y)).findIndex((value) => value !== 5)).toBe(-1);
    }
    for (const one of [...kept, weight, bias]) one.dispose();
    await engine.dispose();
  });

  test('multiplies by frozen weights as by others, and by others once they are gone', async () => {
    const engine = await useBackend(native({ threads: 2 }));
    const multiply = async (value: number, frozen: boolean) => {
      const weight = tensorFrom(new Float32Array(300 * 200).fill(value), [300, 200]);
      if (frozen) freezeParameters({ weight });
      const results = [50, 50, 50, 7].map((rows) => tidy(() => linear(ones([rows, 300]), weight)));
      for (const y of results) {
        expect(new Set(await readTensor(y))).toEqual(new Set([300 * value]));
        y.dispose();
      }
      weight.dispose();
    };
    for (const value of [1, 2, 3]) await multiply(value, true);
    await multiply(4, false);
    await engine.dispose();
  });
});

import { native, nodeBackends } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { matMul, ones, readTensor, sum, tensor, tidy, useBackend } from '@sofd/tensor';
import { findBackend, getKernel } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const availability = await native().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;
const installedKernel = () => getKernel('BatchMatMul', 'wasm').kernelFunc;

describe.skipIf(!availability.available)(`native()${reason}`, () => {
  test('is first among the engines for Node', () => {
    expect(nodeBackends().map(({ name }) => name)).toEqual(['native', 'wasm']);
  });

  test('takes turns with wasm on one heap, tensors surviving each switch', async () => {
    const first = await useBackend(wasm());
    const wasmKernel = installedKernel();
    const x = tensor([1, 2, 3, 4], [2, 2]);
    const second = await useBackend(native());
    const nativeKernel = installedKernel();
    expect(nativeKernel).not.toBe(wasmKernel);
    const y = matMul(x, x, false, true);
    const third = await useBackend(wasm());
    expect(installedKernel()).not.toBe(nativeKernel);
    const z = matMul(y, x, true, false);
    expect([...(await readTensor(z))]).toEqual([38, 54, 86, 122 + 0]);
    for (const one of [x, y, z]) one.dispose();
    for (const engine of [second, third, first]) await engine.dispose();
  });

  test('gives way to the engine before it when it is disposed of', async () => {
    const before = await useBackend(wasm());
    const wasmKernel = installedKernel();
    const engine = await useBackend(native());
    await engine.dispose();
    expect(installedKernel()).toBe(wasmKernel);
    await before.dispose();
  });

  test('says how many threads it uses', async () => {
    for (const threads of [1, 2]) {
      const engine = await useBackend(native({ threads }));
      expect(engine).toMatchObject({ name: 'native', threads, tfjsBackend: 'wasm' });
      await engine.dispose();
    }
  });

  test('multiplies right when the result makes the heap grow', async () => {
    const engine = await useBackend(native());
    const heap = findBackend('wasm') as unknown as { wasm: { HEAPU8: Uint8Array } };
    const before = heap.wasm.HEAPU8.length;
    const total = tidy(() => sum(matMul(ones([2, 1500, 4]), ones([2, 1500, 4]), false, true)));
    expect((await readTensor(total))[0]).toBe(2 * 1500 * 1500 * 4);
    expect(heap.wasm.HEAPU8.length).toBeGreaterThan(before);
    total.dispose();
    await engine.dispose();
  });
});

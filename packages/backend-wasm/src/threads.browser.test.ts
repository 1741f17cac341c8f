import { wasm } from '@sofd/backend-wasm';
import { matMul, ones, readTensor, useBackend } from '@sofd/tensor';
import { expect, test } from 'vitest';
// The same tests as in Node.
import './threads/worker-pool.test.js';

test('the page is isolated, or the tests of threads would prove nothing', () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
});

test('threads compute the same, on memory that grows', async () => {
  const engine = await useBackend(wasm({ threads: 2 }));
  expect(engine.threads).toBe(2);
  const [a, b] = [ones([2, 1500, 50]), ones([2, 50, 1500])];
  const product = matMul(a, b); // [2, 1500, 1500]
  const values = await readTensor(product);
  expect(new Set(values)).toEqual(new Set([50]));
  // Many functions of browsers refuse shared memory, so none must come out.
  expect(values.buffer).toBeInstanceOf(ArrayBuffer);
  for (const one of [a, b, product]) one.dispose();
  await engine.dispose();
});

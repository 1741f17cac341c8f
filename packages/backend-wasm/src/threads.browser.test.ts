import { wasm } from '@sofd/backend-wasm';
import { matMul, ones, readTensor, useBackend } from '@sofd/tensor';
import { expect, test } from 'vitest';

test.skipIf(!globalThis.crossOriginIsolated)('threads, on an isolated page, compute the same', async () => {
  // tfjs takes half of the logical cores; test machines may have two.
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4, configurable: true });
  const engine = await useBackend(wasm({ threads: 2 }));
  expect(engine.threads).toBe(2);
  const [a, b] = [ones([2, 60, 50]), ones([2, 50, 40])];
  const product = matMul(a, b);
  expect(new Set(await readTensor(product))).toEqual(new Set([50]));
  for (const one of [a, b, product]) one.dispose();
  await engine.dispose();
});

import { mkdtemp, rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { BackendUnavailableError, OutOfMemoryError } from '@sofd/core';
import {
  add,
  biasQuickGelu,
  countTensors,
  disposeTree,
  layerNorm,
  matMul,
  mul,
  ones,
  readTensor,
  sum,
  type Tensor,
  tensor,
  tidy,
  tile,
  useBackend,
} from '@sofd/tensor';
import { valueAndGradients } from '@sofd/tensor/training';
import { findBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';

const availability = await tensorflow().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason}. ${availability.remedy})`;

/** Tensors that TensorFlow itself holds. */
const countHandles = () =>
  (findBackend('tensorflow') as unknown as { getNumOfTFTensors(): number }).getNumOfTFTensors();

afterEach(() => vi.unstubAllEnvs());

test('an engine that is not set up is passed over, and says what to type', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'sofd-empty-'));
  for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, empty);
  expect(await tensorflow().probe()).toEqual({
    available: false,
    reason: 'not built for @tensorflow/tfjs-node-gpu',
    remedy: 'Run `npx sofd setup tensorflow`.',
  });
  await expect(tensorflow().init()).rejects.toBeInstanceOf(BackendUnavailableError);
  const engine = await useBackend([tensorflow(), wasm()]);
  expect(engine.rejected).toEqual([{ name: 'tensorflow', reason: 'not built for @tensorflow/tfjs-node-gpu' }]);
  await engine.dispose();
  await rm(empty, { recursive: true });
});

describe.skipIf(!availability.available)(`tensorflow()${reason}`, () => {
  test('says what it runs on, and keeps the threads of the first start', async () => {
    const engine = await useBackend(tensorflow({ threads: 1 }));
    expect(engine.device).toMatch(/^TensorFlow 2\.\d+\.\d+, /);
    expect(engine).toMatchObject({ name: 'tensorflow', tfjsBackend: 'tensorflow', threads: 1 });
    await engine.dispose();
    const again = await useBackend(tensorflow({ threads: 2 }));
    expect(again.threads).toBe(1);
    await again.dispose();
  });

  test('takes turns with wasm, tensors moving along', async () => {
    const first = await useBackend(wasm());
    const x = tensor([1, 2, 3, 4], [2, 2]);
    const second = await useBackend(tensorflow());
    const y = matMul(x, x, false, true);
    const third = await useBackend(wasm());
    const z = matMul(y, x, true, false);
    expect([...(await readTensor(z))]).toEqual([38, 54, 86, 122]);
    for (const one of [x, y, z]) one.dispose();
    for (const engine of [second, third, first]) await engine.dispose();
  });

  test('holds nothing back after a gradient', async () => {
    const engine = await useBackend(tensorflow());
    const before = countTensors();
    const params = { x: ones([3, 4]), gain: ones([4]), bias: ones([4]) };
    const step = () => {
      const { value, gradients } = valueAndGradients(
        ({ x, gain, bias }) => sum(biasQuickGelu(layerNorm(x, { gain, bias }), bias)),
        params,
      );
      value.dispose();
      disposeTree(gradients);
    };
    // The first makes constants and hands the parameters over to TensorFlow.
    step();
    const handles = countHandles();
    step();
    expect(countHandles()).toBe(handles);
    disposeTree(params);
    expect(countTensors()).toBe(before);
    await engine.dispose();
  });

  test('tells apart two activations of one tensor when it remembers them for their gradients', async () => {
    const run = async () => {
      const params = { x: tensor([0.5, -1, 2], [1, 3]), a: tensor([0, 1, 2]), b: tensor([3, -1, 0]) };
      const { value, gradients } = valueAndGradients(({ x, a, b }) => {
        const [first, second] = [biasQuickGelu(x, a), biasQuickGelu(x, b)];
        return sum(add(first, mul(second, 3)));
      }, params);
      const numbers = await Promise.all([value, ...Object.values(gradients)].map(readTensor));
      for (const tree of [params, gradients, { value }]) disposeTree(tree as Record<string, Tensor>);
      return numbers.flatMap((values) => [...values]);
    };
    const numbers: number[][] = [];
    for (const backend of [wasm(), tensorflow()]) {
      const engine = await useBackend(backend);
      numbers.push(await run());
      await engine.dispose();
    }
    const [expected, got] = numbers as [number[], number[]];
    // A dozen roundings of numbers up to 16.
    got.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(2 ** -24 * 12 * 16);
    });
  });

  test('multiplies undisturbed while signals arrive', async () => {
    const engine = await useBackend(tensorflow());
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    // The profiler interrupts the thread with a signal at every sample. TensorFlow's own product would end the process here.
    await session.post('Profiler.setSamplingInterval', { interval: 100 });
    await session.post('Profiler.start');
    const [x, weight] = [ones([50, 192]), ones([192, 768])];
    for (let i = 0; i < 300; i += 1) tidy(() => matMul(x, weight));
    const y = matMul(x, weight);
    await session.post('Profiler.stop');
    session.disconnect();
    expect(new Set(await readTensor(y))).toEqual(new Set([192]));
    for (const one of [x, weight, y]) one.dispose();
    await engine.dispose();
  });

  test('reports memory that cannot be had, and goes on', async () => {
    const engine = await useBackend(tensorflow());
    const before = countTensors();
    // 2^47 bytes: more than a process has addresses for.
    expect(() => tidy(() => tile(ones([1, 1]), [2 ** 22, 2 ** 23]))).toThrow(OutOfMemoryError);
    expect(countTensors()).toBe(before);
    const total = sum(ones([5]));
    expect([...(await readTensor(total))]).toEqual([5]);
    total.dispose();
    await engine.dispose();
  });
});

import { BackendUnavailableError } from '@sofd/core';
import { type Backend, countTensors, readTensor, scalar, square, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { getBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { overrideKernels } from './kernel-overrides.js';

/** The reference engine under another name, counting what is asked of it. */
function createFake(name: string, changes: Partial<Backend> = {}): Backend & { calls: string[] } {
  const engine = reference();
  const calls: string[] = [];
  return {
    calls,
    name,
    probe: engine.probe,
    async init() {
      calls.push('init');
      return { ...(await engine.init()), name };
    },
    async dispose() {
      calls.push('dispose');
      await engine.dispose();
    },
    ...changes,
  };
}

const unavailable = (name: string) =>
  createFake(name, { probe: async () => ({ available: false, reason: 'no such device', remedy: 'Buy one.' }) });

const failing = (name: string) =>
  createFake(name, {
    async init() {
      throw new Error('the driver crashed');
    },
    dispose: async () => {},
  });

afterEach(() => expect(countTensors()).toBe(0));

describe('useBackend', () => {
  test('takes the first usable engine and says why those before it were not', async () => {
    const engine = await useBackend([unavailable('gpu'), failing('fpga'), reference()]);
    expect(engine).toMatchObject({ name: 'reference', device: 'plain JavaScript', threads: 1, floatBits: 32 });
    expect(engine.rejected).toEqual([
      { name: 'gpu', reason: 'no such device' },
      { name: 'fpga', reason: 'the driver crashed' },
    ]);
    await engine.dispose();
  });

  test('names every candidate with reason and remedy when none is usable', async () => {
    const attempt = useBackend([unavailable('gpu'), failing('fpga')]);
    await expect(attempt).rejects.toBeInstanceOf(BackendUnavailableError);
    await expect(attempt).rejects.toThrow(/gpu: no such device; Buy one\.\n {2}fpga: the driver crashed/);
    await expect(useBackend([])).rejects.toThrow('expected at least one engine');
  });

  test('passes over an engine that computes something wrong', async () => {
    let restore = () => {};
    const wrong = createFake('wrong', {
      async init() {
        const info = await reference().init();
        restore = overrideKernels('cpu', 'wrong', (stock) => ({
          BatchMatMul: (call) =>
            stock('BatchMatMul')({ ...call, attrs: { ...call.attrs, transposeA: false, transposeB: false } }),
        }));
        return { ...info, name: 'wrong' };
      },
      dispose: async () => restore(),
    });
    await expect(useBackend(wrong)).rejects.toThrow('wrong');
    const engine = await useBackend([wrong, reference()]);
    expect(engine.name).toBe('reference');
    await engine.dispose();
  });

  test('reuses the active engine, and disposes of it when its last user ends', async () => {
    const fake = createFake('fake');
    const first = await useBackend(fake);
    const second = await useBackend([fake]);
    await first.dispose();
    await first.dispose();
    expect(fake.calls).toEqual(['init']);
    await second.dispose();
    expect(fake.calls).toEqual(['init', 'dispose']);
  });

  test('serves calls that overlap one after another', async () => {
    const fake = createFake('fake');
    const engines = await Promise.all([useBackend(fake), useBackend(fake), useBackend(fake)]);
    expect(fake.calls).toEqual(['init']);
    for (const engine of engines) await engine.dispose();
  });

  test('keeps the active engine when another one fails to start', async () => {
    const engine = await useBackend(reference());
    await expect(useBackend(failing('fpga'))).rejects.toThrow('the driver crashed');
    expect(getBackend()).toBe('cpu');
    const x = scalar(3);
    const y = square(x);
    expect((await readTensor(y))[0]).toBe(9);
    for (const one of [x, y]) one.dispose();
    await engine.dispose();
  });
});

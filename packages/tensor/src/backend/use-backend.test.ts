import { BackendUnavailableError, DeviceLostError } from '@sofd/core';
import { type Backend, countTensors, readTensor, scalar, square, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { getBackend, getKernel, type KernelFunc } from '@tensorflow/tfjs-core';
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

/** An engine that puts a kernel of its own under tfjs's `cpu`, which all of them share and the test ends. */
function createSharing(name: string): Backend & { calls: string[]; kernel: KernelFunc } {
  const kernel: KernelFunc = () => [];
  let restore = () => {};
  const fake = createFake(name, {
    async init() {
      fake.calls.push('init');
      const info = await reference().init();
      restore = overrideKernels('cpu', name, () => ({ Add2: kernel }));
      return { ...info, name };
    },
    async dispose() {
      fake.calls.push('dispose');
      restore();
    },
  });
  return { ...fake, kernel };
}

const installed = () => getKernel('Add2', 'cpu')?.kernelFunc;

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

  test('only activates an engine again that is in use, with its kernels', async () => {
    const [one, two] = [createSharing('one'), createSharing('two')];
    const uses = [await useBackend(one), await useBackend(two)];
    expect(installed()).toBe(two.kernel);
    for (const [engine, kernel] of [
      [one, one.kernel],
      [two, two.kernel],
      [one, one.kernel],
    ] as const) {
      const use = await useBackend(engine);
      expect(installed()).toBe(kernel);
      await use.dispose();
    }
    expect([one.calls, two.calls]).toEqual([['init'], ['init']]);
    for (const use of uses) await use.dispose();
    expect([one.calls, two.calls]).toEqual([
      ['init', 'dispose'],
      ['init', 'dispose'],
    ]);
    expect(installed()).toBeUndefined();
    await reference().dispose();
  });

  test('makes the engine before it active when the active one is disposed of, and keeps the active one otherwise', async () => {
    const [one, two, three] = [createSharing('one'), createSharing('two'), createSharing('three')];
    const [first, second, third] = [await useBackend(one), await useBackend(two), await useBackend(three)];
    await second.dispose();
    expect(installed()).toBe(three.kernel);
    await third.dispose();
    expect(installed()).toBe(one.kernel);
    await first.dispose();
    await reference().dispose();
  });

  test('starts an engine anew whose device was lost, and disposes of it when its new users end', async () => {
    const fake = createFake('fake');
    let lose = (_: DeviceLostError) => {};
    const losable: Backend & { calls: string[] } = {
      ...fake,
      async init() {
        const lost = new Promise<DeviceLostError>((resolve) => {
          lose = resolve;
        });
        return { ...(await fake.init()), lost };
      },
    };
    const old = await useBackend(losable);
    lose(new DeviceLostError('fake: expected a device, got none; start it anew.'));
    await old.lost;
    const renewed = [await useBackend(losable), await useBackend(losable)];
    expect(fake.calls).toEqual(['init', 'init']);
    await old.dispose();
    expect(fake.calls).toEqual(['init', 'init']);
    for (const use of renewed) await use.dispose();
    expect(fake.calls).toEqual(['init', 'init', 'dispose']);
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

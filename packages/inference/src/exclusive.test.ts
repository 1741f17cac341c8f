import { AbortedError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { createExclusive } from './exclusive.js';

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
const where = 'test';

describe('createExclusive', () => {
  it('runs overlapping calls one after the other, in order', async () => {
    const exclusive = createExclusive();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`${name} starts`);
      await tick();
      log.push(`${name} ends`);
      return name;
    };
    const names = await Promise.all(['a', 'b', 'c'].map((name) => exclusive.run(task(name), { where })));
    expect(names).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it('goes on after a task that fails', async () => {
    const exclusive = createExclusive();
    const failing = exclusive.run(() => Promise.reject(new RangeError('no')), { where });
    const next = exclusive.run(async () => 'next', { where });
    await expect(failing).rejects.toBeInstanceOf(RangeError);
    await expect(next).resolves.toBe('next');
  });

  it('rejects a waiting task as soon as it is aborted, and never runs it', async () => {
    const exclusive = createExclusive();
    const { signal, abort } = ((controller) => ({ signal: controller.signal, abort: () => controller.abort() }))(
      new AbortController(),
    );
    let release = () => {};
    const first = exclusive.run(() => new Promise<void>((resolve) => (release = resolve)), { where });
    let ran = false;
    const waiting = exclusive.run(
      async () => {
        ran = true;
      },
      { where, signal },
    );
    await tick();
    abort();
    await expect(waiting).rejects.toBeInstanceOf(AbortedError);
    release();
    await first;
    await tick();
    expect(ran).toBe(false);
  });

  it('rejects at once where the signal is aborted already', async () => {
    const exclusive = createExclusive();
    await expect(exclusive.run(async () => 1, { where, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

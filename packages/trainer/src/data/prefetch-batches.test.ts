import { AbortedError, type Batch, type BatchSource, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { createArraySource } from './array-source.js';
import { type BatchWait, prefetchBatches } from './prefetch-batches.js';

const set: Batch = {
  images: Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
  targets: Float32Array.from({ length: 60 }, (_, i) => (i % 6 === 0 ? 1 : 0)),
  size: 20,
  imageSize: 0,
  ids: Array.from({ length: 20 }, (_, row) => `${row}`),
};
const plain = createArraySource(set, { batchSize: 4, seed: 1 });

/** Lets everything go on that can without being told to. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Asks for batches that the test does not wait for. */
const ask = (source: BatchSource, ...indices: number[]) => {
  for (const index of indices) source.batch(0, index).catch(() => {});
};

/** A source of five batches an epoch, each of which is ready when the test says so. */
function createSlowSource() {
  const started: string[] = [];
  const waiting = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const source: BatchSource = {
    batchesPerEpoch: 5,
    batch: (epoch, index) =>
      new Promise((resolve, reject) => {
        started.push(`${epoch}/${index}`);
        waiting.set(`${epoch}/${index}`, { resolve: () => resolve(plain.batch(epoch, index)), reject });
      }),
  };
  const finish = async (...names: string[]) => {
    for (const name of names) waiting.get(name)!.resolve();
    await turn();
  };
  return { source, started, finish, fail: (name: string) => waiting.get(name)!.reject(new Error(`${name} is broken`)) };
}

describe('prefetchBatches', () => {
  it('gives the same batches, over the ends of epochs and from the middle of one', async () => {
    for (const ahead of [1, 3, 12]) {
      const source = prefetchBatches(plain, { ahead });
      for (let position = 3; position < 17; position++) {
        const place = [Math.floor(position / 5), position % 5] as const;
        expect(await source.batch(...place)).toEqual(await plain.batch(...place));
      }
      expect(source.waits.batches).toBe(14);
      source.dispose();
    }
  });

  it('makes as many batches ahead as it may, in order, and no more', async () => {
    const { source, started, finish } = createSlowSource();
    const ahead = prefetchBatches(source, { ahead: 3 });
    const first = ahead.batch(0, 3);
    await turn();
    expect(started).toEqual(['0/3', '0/4', '1/0']);
    await finish('0/3');
    expect(started).toEqual(['0/3', '0/4', '1/0', '1/1']);
    await finish('0/4', '1/0', '1/1');
    expect(started).toHaveLength(4);
    expect(await first).toEqual(await plain.batch(0, 3));
    await ahead.batch(0, 4);
    expect(started).toEqual(['0/3', '0/4', '1/0', '1/1', '1/2']);
    ahead.dispose();
  });

  it('makes as many at the same time as it may', async () => {
    const { source, started, finish } = createSlowSource();
    const ahead = prefetchBatches(source, { ahead: 4, concurrency: 2 });
    ask(ahead, 0);
    expect(started).toEqual(['0/0', '0/1']);
    await finish('0/1');
    expect(started).toEqual(['0/0', '0/1', '0/2']);
    await finish('0/0', '0/2');
    expect(started).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4']);
    ahead.dispose();
  });

  it('never lets a caller wait who is slower than the source, after the first batch', async () => {
    const waits: BatchWait[] = [];
    const { source, finish } = createSlowSource();
    const prefetched = prefetchBatches(source, { ahead: 2, onWait: (wait) => waits.push(wait) });
    const first = prefetched.batch(0, 0);
    await finish('0/0');
    await first;
    for (let position = 1; position < 20; position++) {
      // The step takes until the next batch is there: the queue is full whenever it is asked.
      const [epoch, index] = [Math.floor(position / 5), position % 5];
      await finish(`${epoch}/${index}`);
      await prefetched.batch(epoch, index);
    }
    const { batches, waited, seconds } = prefetched.waits;
    expect({ batches, waited }).toEqual({ batches: 20, waited: 1 });
    expect(waits).toEqual([{ epoch: 0, index: 0, seconds }]);
    prefetched.dispose();
  });

  it('counts every batch that a caller waited for who is faster than the source', async () => {
    const { source, finish } = createSlowSource();
    const prefetched = prefetchBatches(source, { ahead: 2 });
    for (const name of ['0/0', '0/1', '0/2']) {
      const waiting = prefetched.batch(0, Number(name.at(-1)));
      await finish(name);
      await waiting;
    }
    expect(prefetched.waits).toMatchObject({ batches: 3, waited: 3 });
    prefetched.dispose();
  });

  it('restarts where it is asked for another batch than the next, and keeps what it can', async () => {
    const { source, started, finish } = createSlowSource();
    const prefetched = prefetchBatches(source, { ahead: 2, concurrency: 8 });
    ask(prefetched, 0, 2);
    expect(started).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4']);
    const back = prefetched.batch(0, 1);
    expect(started.slice(5)).toEqual(['0/1', '0/2', '0/3']);
    await finish('0/1');
    expect(await back).toEqual(await plain.batch(0, 1));
    prefetched.dispose();
  });

  it('starts no more work than it may, however it jumps about', async () => {
    const { source, started } = createSlowSource();
    const prefetched = prefetchBatches(source, { ahead: 3, concurrency: 3 });
    ask(prefetched, 4, 2, 0);
    // The batches asked for always; ahead of them only while fewer than three are being made.
    expect(started).toEqual(['0/4', '1/0', '1/1', '0/2', '0/0']);
    prefetched.dispose();
  });

  it('gives an error with its batch, and tries again when it is asked again', async () => {
    const { source, started, finish, fail } = createSlowSource();
    const prefetched = prefetchBatches(source, { ahead: 2 });
    const first = prefetched.batch(0, 0);
    fail('0/1');
    await finish('0/0');
    expect((await first).size).toBe(4);
    await expect(prefetched.batch(0, 1)).rejects.toThrow('0/1 is broken');
    const again = prefetched.batch(0, 1);
    expect(started.filter((name) => name === '0/1')).toHaveLength(2);
    await finish('0/1');
    expect(await again).toEqual(await plain.batch(0, 1));
    prefetched.dispose();
  });

  it.each(['dispose', 'signal'])('stops by %s: who waits is told, nothing more is started', async (how) => {
    const controller = new AbortController();
    const { source, started, finish } = createSlowSource();
    const prefetched = prefetchBatches(source, { ahead: 2, signal: controller.signal });
    const waiting = prefetched.batch(0, 0);
    if (how === 'signal') controller.abort();
    else prefetched.dispose();
    await expect(waiting).rejects.toBeInstanceOf(AbortedError);
    await expect(prefetched.batch(0, 1)).rejects.toBeInstanceOf(AbortedError);
    await finish('0/0', '0/1');
    expect(started).toEqual(['0/0', '0/1']);
    prefetched.dispose();
  });

  it('refuses wrong options and a signal that is aborted already', async () => {
    expect(() => prefetchBatches(plain, { ahead: 0 })).toThrow(InvalidOptionError);
    expect(() => prefetchBatches(plain, { depth: 2 } as object)).toThrow(/depth: unknown key/);
    const source = prefetchBatches(plain, { signal: AbortSignal.abort() });
    await expect(source.batch(0, 0)).rejects.toBeInstanceOf(AbortedError);
  });
});

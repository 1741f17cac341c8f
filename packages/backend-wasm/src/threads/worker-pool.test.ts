import { DeviceLostError, InvalidOptionError } from '@sofd/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorkerPool, type WorkerPool } from './worker-pool.js';

// Also runs in Chromium, imported by threads.browser.test.ts.

/** A section of a wasm binary. */
const section = (id: number, ...contents: number[]) => [id, contents.length, ...contents];
/** A name with its length. */
const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
/** A function without further locals. */
const body = (...code: number[]) => [code.length + 2, 0, ...code, 0x0b];
const [i32, f64] = [0x7f, 0x7c];

/**
 * `fill(address, count, value)` writes `count` doubles; `meet(own, other, _)` writes 1 to the word at `own` and waits until that
 * at `other` is not 0; `burn(count)` counts down.
 *
 * @param limits - the flags of the memory that the module imports: 1 private, 3 shared.
 */
const kernelModule = (limits: 1 | 3, memoryName = 'memory') =>
  new WebAssembly.Module(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, 2, 0x60, 3, i32, i32, f64, 0, 0x60, 1, i32, 0),
      // At least one page, at most 65536.
      ...section(2, 1, ...text('env'), ...text(memoryName), 0x02, limits, 1, 0x80, 0x80, 0x04),
      ...section(3, 3, 0, 0, 1),
      ...section(7, 3, ...text('fill'), 0, 0, ...text('meet'), 0, 1, ...text('burn'), 0, 2),
      ...section(
        10,
        3,
        ...body(
          ...[0x03, 0x40], // loop
          ...[0x20, 0, 0x20, 2, 0x39, 3, 0], // store value at address
          ...[0x20, 0, 0x41, 8, 0x6a, 0x21, 0], // address += 8
          ...[0x20, 1, 0x41, 1, 0x6b, 0x22, 1, 0x0d, 0, 0x0b], // again while --count
        ),
        ...body(
          ...[0x20, 0, 0x41, 1, 0xfe, 0x17, 2, 0], // atomic store of 1
          ...[0x03, 0x40, 0x20, 1, 0xfe, 0x10, 2, 0, 0x45, 0x0d, 0, 0x0b], // loop while the atomic load is 0
        ),
        ...body(0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b),
      ),
    ]),
  );

const pools: WorkerPool[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.dispose();
});

async function start(threads: number, callLimitMs = 30_000) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const module = kernelModule(3);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const pool = await createWorkerPool({ module, memory, exports, threads, callLimitMs });
  pools.push(pool);
  return { pool, memory };
}

/** One share of `count` doubles for each value, one behind the other. */
const fillShares = (values: readonly number[], count: number) =>
  values.map((value, i) => [i * count * 8, count, value]);

describe('a worker pool', () => {
  test.each([1, 2, 3])('computes every share, on %i threads', async (threads) => {
    const { pool, memory } = await start(threads);
    const values = Array.from({ length: threads }, (_, i) => Math.PI * (i + 1));
    pool.run('fill', fillShares(values, 100));
    const expected = values.flatMap((value) => Array(100).fill(value));
    expect([...new Float64Array(memory.buffer, 0, 100 * threads)]).toEqual(expected);
    expect(pool.size).toBe(threads);
  });

  test('computes shares at the same time', async () => {
    const { pool, memory } = await start(3);
    // Each waits for the next.
    pool.run('meet', [
      [0, 4, 0],
      [4, 8, 0],
      [8, 0, 0],
    ]);
    expect([...new Int32Array(memory.buffer, 0, 3)]).toEqual([1, 1, 1]);
  });

  test('leaves threads without a share alone', async () => {
    const { pool, memory } = await start(3);
    pool.run('fill', []);
    pool.run('fill', fillShares([5], 10));
    pool.run('fill', fillShares([6, 7], 5));
    expect([...new Float64Array(memory.buffer, 0, 11)]).toEqual([6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 0]);
  });

  test('works on memory that has grown since', async () => {
    const { pool, memory } = await start(2);
    pool.run('fill', fillShares([1, 2], 1));
    memory.grow(300);
    const last = 300 * 65536;
    pool.run('fill', [
      [last, 1, 3],
      [last + 8, 1, 4],
    ]);
    expect([...new Float64Array(memory.buffer, last, 2)]).toEqual([3, 4]);
  });

  test('loses none of 100,000 calls, back to back and after pauses', async () => {
    const { pool, memory } = await start(2);
    const cells = new Float64Array(memory.buffer, 0, 2);
    let wrong = 0;
    for (let i = 1; i <= 100_000; i += 1) {
      // Sometimes for as long as the thread takes to fall asleep, and a little less and more.
      if (i % 100 === 0) for (const end = performance.now() + (i % 1000) / 5000; performance.now() < end; );
      pool.run('fill', fillShares([i, -i], 1));
      if (cells[0] !== i || cells[1] !== -i) wrong += 1;
    }
    expect(wrong).toBe(0);
  });

  test('wakes threads that have slept', async () => {
    const { pool, memory } = await start(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    pool.run('fill', fillShares([1, 2], 1));
    expect([...new Float64Array(memory.buffer, 0, 2)]).toEqual([1, 2]);
  });

  test('keeps two pools apart', async () => {
    const [one, two] = [await start(2), await start(2)];
    one.pool.run('fill', fillShares([1, 2], 1));
    two.pool.run('fill', fillShares([3, 4], 1));
    one.pool.dispose();
    two.pool.run('fill', fillShares([5, 6], 1));
    expect([...new Float64Array(one.memory.buffer, 0, 2)]).toEqual([1, 2]);
    expect([...new Float64Array(two.memory.buffer, 0, 2)]).toEqual([5, 6]);
  });

  test.each([
    [
      'the caller',
      [
        [65536 * 65536 - 8, 1, 0],
        [0, 1, 0],
      ],
      /RuntimeError: .* in share 0/,
    ],
    [
      'another thread',
      [
        [0, 1, 0],
        [65536 * 65536 - 8, 1, 0],
      ],
      /RuntimeError: .* in share 1/,
    ],
  ])('throws when a share traps in the share of %s, and at every call from then on', async (_, shares, message) => {
    const { pool } = await start(2);
    const call = () => pool.run('fill', shares);
    expect(call).toThrow(DeviceLostError);
    expect(call).toThrow(message);
    expect(() => pool.run('fill', fillShares([1, 2], 1))).toThrow(message);
  });

  test('throws when a thread does not answer', async () => {
    const { pool } = await start(2, 5);
    const began = performance.now();
    // The caller counts long enough for the thread to begin, and the thread for seconds: 2^32 times.
    expect(() => pool.run('burn', [[50_000_000], [0]])).toThrow(/no answer for 0.005 s in share 1/);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('refuses what cannot be called, before it calls anything', async () => {
    const { pool, memory } = await start(2);
    expect(() => pool.run('fil', [])).toThrow(InvalidOptionError);
    expect(() => pool.run('fill', fillShares([1, 2, 3], 1))).toThrow(
      'at most 2 shares of 30 arguments, got 3 of up to 3',
    );
    expect(() => pool.run('fill', [[0, 1, 1], Array(31).fill(0)])).toThrow('got 2 of up to 31');
    expect(new Float64Array(memory.buffer, 0, 1)[0]).toBe(0);
    pool.run('fill', fillShares([1, 2], 1));
  });

  test('says why it has one thread only, where others do not start', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const module = kernelModule(3, 'other');
    const { exports } = new WebAssembly.Instance(module, { env: { other: memory } });
    const pool = await createWorkerPool({ module, memory, exports, threads: 3 });
    expect(pool.size).toBe(1);
    expect(pool.shortfall).toMatch(/a thread did not start: .*other/);
    await new Promise((resolve) => setTimeout(resolve, 100)); // until the threads that were ended have ended
    pool.run('fill', fillShares([4], 2));
    expect([...new Float64Array(memory.buffer, 0, 3)]).toEqual([4, 4, 0]);
  });

  test('has one thread on private memory', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    const module = kernelModule(1);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const one = await createWorkerPool({ module, memory, exports, threads: 1 });
    one.run('fill', fillShares([4], 2));
    expect([...new Float64Array(memory.buffer, 0, 3)]).toEqual([4, 4, 0]);
    expect(one.shortfall).toBeUndefined();
    const two = await createWorkerPool({ module, memory, exports, threads: 2 });
    expect(two.size).toBe(1);
    expect(two.shortfall).toMatch(/could not be cloned/);
  });
});

import type { Worker } from 'node:worker_threads';
import { DeviceLostError } from '@sofd/core';
import { expect, test } from 'vitest';
import { createWorkerPool } from './worker-pool.js';

/** An empty module. */
const module = new WebAssembly.Module(Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const start = () => createWorkerPool({ module, memory, exports: {}, threads: 2 });

test('a pool does not keep the process alive', async () => {
  const pool = await start();
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort')).toEqual([]);
  pool.dispose();
});

test('a pool takes no processor time while it waits', async () => {
  const pool = await start();
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { user, system } = process.cpuUsage(before);
  // A thread that spun would take 500 ms. The other threads of this process take a few.
  expect((user + system) / 1000).toBeLessThan(250);
  pool.dispose();
});

test('a pool that lost a thread says so at the next call', async () => {
  let worker: Worker | undefined;
  process.once('worker', (started) => {
    worker = started;
  });
  const pool = await start();
  await worker?.terminate();
  expect(() => pool.run('any', [])).toThrow(DeviceLostError);
  expect(() => pool.run('any', [])).toThrow(/thread to wait for calls, but it ended/);
});

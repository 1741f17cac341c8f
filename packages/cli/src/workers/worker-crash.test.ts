import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FindJob } from '@sofd/dataset/node';
import { describe, expect, test, vi } from 'vitest';
import { createWorkerRunner } from './worker-runner.js';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/workers/expand-worker.js', import.meta.url)));
const reason = isBuilt ? '' : ' (skipped: the worker is not built; pnpm build:js)';
if (reason) process.stderr.write(`Crashes of worker threads${reason}\n`);

const script = vi.hoisted(() => ({ code: '' }));

// A real thread that runs other code: what it does when it crashes is Node's, not the test's.
vi.mock('node:worker_threads', async (importOriginal) => {
  const { Worker } = await importOriginal<typeof import('node:worker_threads')>();
  class CrashingWorker extends Worker {
    constructor() {
      super(`require('node:worker_threads').parentPort.once('message', () => { ${script.code} })`, { eval: true });
    }
  }
  return { Worker: CrashingWorker };
});

const job: FindJob = {
  kind: 'find',
  key: 'abc',
  input: '/photos',
  work: '/work',
  item: { id: 'a.jpg', kind: 'image', files: ['a.jpg'], hash: 'f' },
  fakes: [],
};

describe.skipIf(!isBuilt)(`createWorkerRunner, whose thread crashes${reason}`, () => {
  test.each([
    ['process.exit(3)', /finish finding faces in a\.jpg, got: the end of its worker \(exit code 3\)/],
    ["setTimeout(() => { throw new Error('boom') })", /in a\.jpg, got: a crash of its worker \(boom\)/],
    ["Promise.reject(new Error('lost'))", /in a\.jpg, got: a crash of its worker \(lost\)/],
  ])('%s', async (code, message) => {
    script.code = code;
    const runner = createWorkerRunner({ jobs: 1, engine: 'wasm' });
    const run = () => runner.run([job], { onDone: () => {}, onStatus: () => {}, signal: undefined });
    await expect(run()).rejects.toThrow(message);
    // The next job gets a new thread.
    await expect(run()).rejects.toThrow(message);
    await runner.close();
  });
});

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatasetError, type DatasetRow, faceForensics } from '@sofd/core';
import { describe, expect, test, vi } from 'vitest';
import { createBatchSource } from '../../batches/create-batch-source.js';
import { createBatchWorkers } from './batch-workers.js';

const isBuilt = existsSync(fileURLToPath(new URL('../../../dist/node/loader/batch-worker.js', import.meta.url)));
const reason = isBuilt ? '' : ' (skipped: the worker is not built; pnpm build:js)';
if (reason) process.stderr.write(`Crashes of the loader's threads${reason}\n`);

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

const row = (id: string, label: 'real' | 'fake', parents: string[]) =>
  ({
    id,
    file_name: `train/${id}.png`,
    label,
    parents,
    split: 'train',
    targets: [label === 'fake' ? 1 : 0],
  }) as unknown as DatasetRow;
const rows = [row('a', 'real', []), row('b', 'fake', ['a'])];
const dataset = { rows, graph: faceForensics, split: () => rows, load: () => Promise.reject(new Error('not here')) };

describe.skipIf(!isBuilt)(`createBatchWorkers, whose thread crashes${reason}`, () => {
  test.each([
    ['process.exit(3)', /batch 0 of epoch 1 .*\(b, a\), got: the end of its worker \(exit code 3\)/],
    ["setTimeout(() => { throw new Error('boom') })", /batch 0 of epoch 1 .*got: a crash of its worker \(boom\)/],
    ["Promise.reject(new Error('lost'))", /batch 0 of epoch 1 .*got: a crash of its worker \(lost\)/],
  ])('%s', async (code, message) => {
    script.code = code;
    const loader = createBatchWorkers('faces', { workers: 1 });
    const source = createBatchSource(dataset, {
      ...{ split: 'train', batchSize: 2, imageSize: 4, mean: [0, 0, 0], std: [1, 1, 1], seed: 1 },
      loader,
    });
    await expect(source.batch(1, 0)).rejects.toThrow(message);
    // The next batch gets a new thread.
    await expect(source.batch(1, 0)).rejects.toThrow(DatasetError);
    await loader.close();
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FindJob, MakeJob } from '@sofd/dataset/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRefusal } from './find-refusal.js';
import { type QueueJob, toQueueJob } from './queue-job.js';

let folder: string;
let queued: QueueJob;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-refusal-'));
  for (const name of ['recipe.json', 'a.jpg']) await writeFile(join(folder, name), '');
  const item = { id: 'a.jpg', kind: 'image', files: ['a.jpg'], hash: 'f' } as const;
  const job: FindJob = { kind: 'find', key: 'abc', input: folder, work: folder, item, fakes: [] };
  queued = toQueueJob(job, 'wasm');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('a job of the same version and engine whose files are there is done', async () => {
  expect(await findRefusal(queued)).toBeNull();
});

test('another version is refused', async () => {
  const refusal = await findRefusal({ ...queued, version: '99.0.0' });
  expect(refusal).toMatch(/expected sofd 99\.0\.0, as the run has it, got \d+\.\d+\.\d+; install the same version/);
  expect(refusal).toContain(hostname());
});

test('another major version of Node is refused', async () => {
  expect(await findRefusal({ ...queued, node: '18' })).toMatch(/expected Node 18, as the run has it, got \d+;/);
});

test('an engine that is not here is refused', async () => {
  expect(await findRefusal({ ...queued, engine: 'abacus' })).toMatch(/expected the engine abacus.*--engine wasm/);
});

test('a folder that is not here is refused, the photographs only where the job reads them', async () => {
  const away = { ...queued.job, input: join(folder, 'away') };
  expect(await findRefusal({ ...queued, job: away })).toMatch(/expected to see .*away\/a\.jpg.*--root FROM=TO/);
  const make = { kind: 'make', key: 'abc', input: '/away', work: folder } as unknown as MakeJob;
  expect(await findRefusal({ ...queued, job: make })).toBeNull();
  await rm(join(folder, 'recipe.json'));
  expect(await findRefusal({ ...queued, job: make })).toMatch(/expected to see .*recipe\.json/);
});

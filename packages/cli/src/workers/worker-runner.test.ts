import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AbortedError } from '@sofd/core';
import type { FindJob } from '@sofd/dataset/node';
import { encodePng } from '@sofd/face';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkerRunner } from './worker-runner.js';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/workers/expand-worker.js', import.meta.url)));
const reason = isBuilt ? '' : ' (skipped: the worker is not built; pnpm build:js)';
if (reason) process.stderr.write(`Worker threads${reason}\n`);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-workers-'));
  for (const name of ['results', 'crops', 'tmp']) await mkdir(join(folder, name));
  const grey = await encodePng({ width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 3).fill(90) });
  await writeFile(join(folder, 'grey.png'), grey);
  const find = { cropSize: 64, minEyeDistance: 24, minQuality: 0.2, minAge: 18, frames: 1 };
  await writeFile(join(folder, 'recipe.json'), JSON.stringify({ find }));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const findJob = (key: string, file = 'grey.png'): FindJob => ({
  kind: 'find',
  key,
  input: folder,
  work: folder,
  item: { id: file, kind: 'image', files: [file], hash: key },
  fakes: [],
});

const run = async (jobs: readonly FindJob[], signal?: AbortSignal) => {
  const runner = createWorkerRunner({ jobs: 2, engine: 'wasm' });
  const done: string[] = [];
  try {
    await runner.run(jobs, { onDone: ({ key }) => done.push(key), onStatus: () => {}, signal });
  } finally {
    await runner.close();
  }
  return done.sort();
};

describe.skipIf(!isBuilt)(`createWorkerRunner${reason}`, () => {
  test('does every job once and leaves its result', async () => {
    const keys = ['a', 'b', 'c'];
    expect(await run(keys.map((key) => findJob(key)))).toEqual(keys);
    expect((await readdir(join(folder, 'results'))).sort()).toEqual(keys.map((key) => `${key}.json`));
  });

  test('names the job that failed', async () => {
    await expect(run([findJob('a'), findJob('b', 'missing.png')])).rejects.toThrow(
      /finding faces in missing\.png, got: ENOENT/,
    );
  });

  test('ends its threads when it is aborted', async () => {
    const controller = new AbortController();
    const running = run(
      Array.from({ length: 200 }, (_, i) => findJob(`${i}`)),
      controller.signal,
    );
    setTimeout(() => controller.abort(), 1500);
    await expect(running).rejects.toBeInstanceOf(AbortedError);
    expect((await readdir(join(folder, 'results'))).length).toBeLessThan(200);
  });
});

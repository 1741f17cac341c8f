import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodePng } from '@sofd/face';
import { writeCheckpointFolder } from '@sofd/model/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildTinyFiles, drawPicture } from '../../packages/inference/test/tiny-checkpoint.js';

const script = fileURLToPath(new URL('detect.mjs', import.meta.url));
const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args]);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-node-'));
  await writeCheckpointFolder(join(folder, 'checkpoint'), await buildTinyFiles());
  await writeFile(join(folder, 'waves.png'), await encodePng(drawPicture(1, { width: 120, height: 90 })));
});
afterAll(() => rm(folder, { recursive: true }));

it('judges photos with the built packages and ends by itself', async () => {
  const photo = join(folder, 'waves.png');
  const { stdout } = await run(join(folder, 'checkpoint'), photo);
  expect(stdout).toBe(`${photo}: no-face\n`);
});

it('says that a model is missing', async () => {
  await expect(run()).rejects.toMatchObject({ stderr: expect.stringContaining('expected a checkpoint, got none') });
});

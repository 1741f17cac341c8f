import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkpoint } from '@sofd/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../command-error.js';
import { claimRunFolder, recordRun } from './run-record.js';

let folder: string;
let logged: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-run-record-'));
  logged = [];
});
afterEach(() => rm(folder, { recursive: true }));

const log = (line: string) => void logged.push(line);
const checkpointOf = (sha256: string) => ({ manifest: { weights: { sha256 } } }) as unknown as Checkpoint;
const given = { engine: 'wasm', dataset: 'd1', overrides: { weighting: 'mine' }, checkpoint: checkpointOf('c1') };

describe('a run folder', () => {
  it('is continued by the experiment it was started with, and by no other', async () => {
    await claimRunFolder(folder, { steps: 3, seed: 1 }, false);
    await claimRunFolder(folder, { steps: 3, seed: 1 }, true);
    await expect(claimRunFolder(folder, { steps: 3, seed: 2 }, true)).rejects.toThrow(
      /"seed": 2 where it has "seed": 1/,
    );
    await claimRunFolder(folder, { steps: 4 }, false);
    await claimRunFolder(folder, { steps: 4 }, true);
  });

  it.each([
    ['initialCheckpoint', { checkpoint: checkpointOf('c2') }],
    ['dataset', { dataset: 'd2' }],
    ['overrides', { overrides: {} }],
  ])('refuses another %s', async (key, change) => {
    const first = await recordRun(folder, given, { resume: true, log });
    expect(await recordRun(folder, given, { resume: true, log })).toEqual(first);
    const again = recordRun(folder, { ...given, ...change }, { resume: true, log });
    await expect(again).rejects.toThrow(CommandError);
    await expect(again).rejects.toThrow(`another ${key}`);
  });

  it('says that another engine gives other digits', async () => {
    await recordRun(folder, given, { resume: true, log });
    await recordRun(folder, { ...given, engine: 'native' }, { resume: true, log });
    expect(logged.join()).toMatch(/started on wasm and goes on on native/);
  });
});

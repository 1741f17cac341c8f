import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasm } from '@sofd/backend-wasm';
import type { DatasetRow } from '@sofd/core';
import { expandFolder, openDataset } from '@sofd/dataset/node';
import { createFaceFinder } from '@sofd/face';
import { useBackend } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copySamplePhotos } from './sample-photos.js';

const python = process.env.SOFD_DATA_PYTHON ?? 'python3';
const probe = 'import datasets, duckdb, pandas, PIL';
const hasLibraries = spawnSync(python, ['-c', probe]).status === 0;
const reason = hasLibraries
  ? ''
  : ` (skipped: ${python} lacks datasets, duckdb, pandas or pillow; SOFD_DATA_PYTHON names an interpreter that has them)`;
if (reason) process.stderr.write(`Data sets in Python${reason}\n`);

/** What one library sees. */
interface Seen {
  /** Rows by split and label: `train fake`. */
  readonly counts: Record<string, number>;
  readonly targets: Record<string, number[]>;
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sofd-python-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function countRows(rows: readonly DatasetRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { split, label } of rows) counts[`${split} ${label}`] = (counts[`${split} ${label}`] ?? 0) + 1;
  return counts;
}

describe.skipIf(!hasLibraries)(`a data set in Python${reason}`, () => {
  test('opens in pandas, DuckDB and datasets, with the rows, labels and images that were written', async () => {
    copySamplePhotos(join(folder, 'photos'));
    await useBackend(wasm());
    const finder = await createFaceFinder();
    const output = join(folder, 'faces');
    await expandFolder({ input: join(folder, 'photos'), output, finder, seed: 1, perFace: 1, cropSize: 96 });
    finder.dispose();
    const { rows } = await openDataset(output);
    const script = fileURLToPath(new URL('read-dataset.py', import.meta.url));
    // Nothing is fetched, and nothing left in the user's own cache.
    const env = { ...process.env, HF_DATASETS_OFFLINE: '1', HF_HUB_OFFLINE: '1', HF_HOME: join(folder, 'cache') };
    const { status, stdout, stderr } = spawnSync(python, [script, output], { encoding: 'utf8', env });
    expect(status, stderr).toBe(0);
    const seen = JSON.parse(stdout) as Record<'pandas' | 'duckdb' | 'datasets', Seen> & { sizes: number[][] };
    const expected: Seen = {
      counts: countRows(rows),
      targets: Object.fromEntries(rows.map(({ id, targets }) => [id, targets])),
    };
    for (const library of ['pandas', 'duckdb', 'datasets'] as const) expect(seen[library], library).toEqual(expected);
    expect(seen.sizes).toEqual([[96, 96]]);
  }, 300_000);
});

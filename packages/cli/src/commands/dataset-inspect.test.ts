import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runProgram } from '../program.js';
import type { DatasetInspectResult } from './dataset-inspect.js';

let folder: string;
let printed: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-inspect-'));
  printed = [];
  vi.spyOn(console, 'error').mockImplementation((line: unknown) => {
    printed.push(String(line));
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, text = ''): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

it('prints what a data set is, a table and the problems, and touches nothing', async () => {
  await write('data/Celeb-real/id0_0000.mp4');
  await write('data/Celeb-synthesis/id0_id1_0000.mp4');
  await write('data/List_of_testing_videos.txt', '0 Celeb-synthesis/id0_id1_0000.mp4\n1 YouTube-real/00170.mp4\n');
  const before = await readdir(join(folder, 'data'), { recursive: true });
  const json = join(folder, 'result.json');
  expect(await runProgram(['dataset', 'inspect', join(folder, 'data'), '--json', json])).toBe(0);
  expect(await readdir(join(folder, 'data'), { recursive: true })).toEqual(before);
  expect(printed).toEqual([
    'Celeb-DF v1 (source celeb-df): 2 items',
    'Its terms of use bind you: https://github.com/yuezunli/celeb-deepfakeforensics',
    'Single images are not shown in reports and contact sheets: the terms do not say that they may be.',
    '',
    'split  label  method    items  files',
    'train  real   -             1      1',
    'test   fake   Celeb-DF      1      1',
    '',
    '2 problems:',
    '  youtube-real: 1 of 1 videos of the test split missing: 00170',
    '  youtube-real: no videos of youtube-real',
  ]);
  const result = JSON.parse(await readFile(json, 'utf8')) as DatasetInspectResult;
  expect(result).toMatchObject({ source: 'celeb-df', showable: false });
  expect(result.counts).toHaveLength(2);
  expect(result.problems).toHaveLength(2);
});

it('says what it looked for in a folder it does not know', async () => {
  await write('data/notes.txt');
  expect(await runProgram(['dataset', 'inspect', join(folder, 'data')])).toBe(1);
  expect(printed[0]).toMatch(/^sofd: inspectSource: expected a data set in a known layout.*face-forensics: .*CSV/s);
});

it('takes only sources that exist', async () => {
  const silent = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  expect(await runProgram(['dataset', 'inspect', folder, '--source', 'imagenet'])).toBe(2);
  expect(silent.mock.calls.join('')).toMatch(/Allowed choices are face-forensics/);
});

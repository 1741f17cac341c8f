import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError, type DatasetRow } from '@sofd/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSyntheticFinder, drawPhoto } from '../../testing/synthetic-finder.js';
import { drawContactSheet } from './draw-contact-sheet.js';
import { encodeImagePng } from './encode-png.js';
import { expandFolder } from './expand-folder.js';
import { openDataset } from './open-dataset.js';

let root: string;
let folder: string;
let copies = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sofd-open-'));
  const input = join(root, 'photos');
  await mkdir(input);
  const photos = Array.from({ length: 6 }, (_, person) => ({ person }));
  for (const { person } of photos)
    await writeFile(join(input, `${person}.png`), await encodeImagePng(drawPhoto(person)));
  await expandFolder({
    input,
    output: join(root, 'whole'),
    finder: createSyntheticFinder(photos),
    seed: 1,
    cropSize: 48,
  });
});

beforeEach(async () => {
  folder = join(root, `copy${copies++}`);
  await cp(join(root, 'whole'), folder, { recursive: true });
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function editRows(edit: (rows: DatasetRow[]) => unknown[]): Promise<void> {
  const path = join(folder, 'metadata.jsonl');
  const rows = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DatasetRow);
  const lines = edit(rows).map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  await writeFile(path, `${lines.join('\n')}\n`);
}

async function problemsOf(options: { verify?: boolean } = {}): Promise<string> {
  const error = await openDataset(folder, options).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(DatasetError);
  return (error as DatasetError).message;
}

describe('openDataset', () => {
  test('reads what was written', async () => {
    const dataset = await openDataset(folder, { verify: true });
    expect(dataset.rows.length).toBe(42);
    expect(dataset.graph.labels.length).toBe(10);
    const image = await dataset.load(dataset.split('train')[0]!);
    expect([image.width, image.height]).toEqual([48, 48]);
  });

  test('names every problem with its line, in one throw', async () => {
    await editRows((rows) => {
      rows[1] = { ...rows[1]!, targets: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0] };
      rows[2] = { ...rows[2]!, label: 'fake', altered: [] };
      rows[3] = { ...rows[3]!, extra: 1 } as DatasetRow;
      return [...rows, rows[0]!, '{"file_name":'];
    });
    await rm(join(folder, (await openOriginal(5)).file_name));
    const message = await problemsOf();
    expect(message).toMatch(/metadata\.jsonl:2: .*eye/);
    expect(message).toMatch(/metadata\.jsonl:3: expected label real/);
    expect(message).toMatch(/metadata\.jsonl:4: extra: unknown key/);
    expect(message).toMatch(/metadata\.jsonl:6: expected the file .* got none/);
    expect(message).toMatch(/metadata\.jsonl:43: expected a unique id, .* first in line 1/);
    expect(message).toMatch(/metadata\.jsonl:43: expected a unique file_name/);
    expect(message).toMatch(/metadata\.jsonl:44: expected one JSON object/);
  });

  test('finds people, parents and files on the wrong side of a split', async () => {
    const rows = (await openDataset(join(root, 'whole'))).rows;
    const index = rows.findIndex(({ mode, split }) => mode === 'region-swap' && split === 'train');
    await editRows((own) => own.map((row, i) => (i === index ? { ...row, split: 'test' as const } : row)));
    const message = await problemsOf();
    expect(message).toMatch(new RegExp(`metadata.jsonl:${index + 1}: expected a file under test/`));
    expect(message).toMatch(/expected the parent .* in test, got it in train/);
    expect(message).toMatch(/in one split, got train and test/);
  });

  test('finds missing masks, parents and wrong numbers of targets', async () => {
    const rows = (await openDataset(join(root, 'whole'))).rows;
    const masked = rows.findIndex(({ mask }) => mask !== null);
    await rm(join(folder, rows[masked]!.mask!));
    await editRows((own) => own.map((row, i) => (i === masked ? { ...row, parents: ['nobody'], targets: [0] } : row)));
    const message = await problemsOf();
    expect(message).toMatch(/expected the mask masks\//);
    expect(message).toMatch(/expected the parent nobody among the rows/);
    expect(message).toMatch(/expected 10 targets/);
  });

  test('finds changed content when it is told to look', async () => {
    const row = await openOriginal(0);
    const bytes = await readFile(join(folder, row.file_name));
    bytes[bytes.length - 20]! ^= 1;
    await writeFile(join(folder, row.file_name), bytes);
    await openDataset(folder);
    expect(await problemsOf({ verify: true })).toMatch(/dataset\.json: expected files of digest/);
  });

  test('says what is wrong with dataset.json', async () => {
    const path = join(folder, 'dataset.json');
    const info = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...info, version: 9, digest: 'x', colour: 'red' }));
    const message = await problemsOf();
    expect(message).toMatch(/version: .*version 2/);
    expect(message).toMatch(/digest: .*64 hexadecimal/);
    expect(message).toMatch(/colour: unknown key/);
    await writeFile(path, '{');
    expect(await problemsOf()).toMatch(/expected JSON in dataset\.json/);
    await rm(path);
    expect(await problemsOf()).toMatch(/expected dataset\.json/);
  });

  test('refuses rows that name files outside of the folder', async () => {
    await editRows(([first, ...rest]) => [{ ...first, file_name: '../photos/0.png' }, ...rest]);
    expect(await problemsOf()).toMatch(/metadata\.jsonl:1: file_name: expected a path within the folder/);
  });
});

async function openOriginal(index: number): Promise<DatasetRow> {
  return (await openDataset(join(root, 'whole'))).rows[index]!;
}

describe('drawContactSheet', () => {
  test('draws so many images of every mode with what they were made from, the same for the same seed', async () => {
    const dataset = await openDataset(folder);
    const sheet = drawContactSheet(dataset, { perMode: 3, seed: 3 });
    expect(sheet.map(({ row }) => row.mode)).toEqual(
      ['blend-only', 'region-swap', 'original'].flatMap((mode) => Array(3).fill(mode)),
    );
    for (const { row, target, donor } of sheet) {
      expect([target, donor].flatMap((parent) => parent?.id ?? [])).toEqual(row.parents);
      expect(donor === null).toBe(row.mode !== 'region-swap');
      expect(target === null).toBe(row.mode === 'original');
    }
    expect(drawContactSheet(dataset, { perMode: 3, seed: 3 })).toEqual(sheet);
    expect(drawContactSheet(dataset, { perMode: 3, seed: 4 })).not.toEqual(sheet);
    expect(new Set(drawContactSheet(dataset, { perMode: 1000, seed: 3 }).map(({ row }) => row))).toEqual(
      new Set(dataset.rows),
    );
  });

  test('groups published fakes by their method', () => {
    const original = { mode: 'original', parents: [] };
    const rows = [
      { ...original, id: 'a', method: null },
      { ...original, id: 'b', method: 'Deepfakes', parents: ['a'] },
    ] as unknown as DatasetRow[];
    const drawn = drawContactSheet({ rows }, { perMode: 1, seed: 1 });
    expect(drawn.map(({ row, target }) => [row.id, target?.id])).toEqual([
      ['b', 'a'],
      ['a', undefined],
    ]);
  });
});

test('the contact sheet is not part of the digest, any other file is', async () => {
  await writeFile(join(folder, 'contact-sheet.html'), 'sheet');
  await openDataset(folder, { verify: true });
  await writeFile(join(folder, 'other.html'), 'sheet');
  expect(await problemsOf({ verify: true })).toMatch(/a file was changed, added or removed/);
});

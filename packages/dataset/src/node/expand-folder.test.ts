import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortedError, assertLegalTargets, DatasetError, InvalidOptionError, type ProgressEvent } from '@sofd/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSyntheticFinder, drawPhoto, type SyntheticPhoto } from '../../testing/synthetic-finder.js';
import { blendOnly } from '../blend-only/blend-only.js';
import type { ExpansionMode } from '../expansion-mode.js';
import { regionSwap } from '../region-swap/region-swap.js';
import { encodeImagePng } from './encode-png.js';
import { expandFolder } from './expand-folder.js';
import type { ExpandOptions } from './expand-options.js';
import type { JobRunner } from './jobs/job-runner.js';
import { openDataset } from './open-dataset.js';

let folder: string;
let input: string;
let output: string;

const people: readonly SyntheticPhoto[] = Array.from({ length: 8 }, (_, i) => ({ person: i }));

async function writePhotos(count: number): Promise<void> {
  await mkdir(join(input, 'more'), { recursive: true });
  for (let i = 0; i < count; i++) {
    const name = i % 2 === 0 ? `photo${i}.png` : `more/photo${i}.PNG`;
    await writeFile(join(input, name), await encodeImagePng(drawPhoto(i)));
  }
}

const expand = (photos: readonly SyntheticPhoto[] = people, options: Partial<ExpandOptions> = {}) =>
  expandFolder({ input, output, finder: createSyntheticFinder(photos), seed: 7, cropSize: 64, ...options });

async function readAll(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = await Promise.all(
    files.map(async (file) => [file.slice(path.length), (await readFile(file)).toString('base64')]),
  );
  return Object.fromEntries(pairs.sort());
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-expand-'));
  input = join(folder, 'photos');
  output = join(folder, 'data');
  await mkdir(input);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('expandFolder', () => {
  test('writes every face, three swaps and three controls of it, and says so', async () => {
    await writePhotos(8);
    const summary = await expand();
    expect(summary).toMatchObject({
      items: 8,
      faces: 8,
      identities: 8,
      skipped: [],
      expanded: { 'region-swap': 24, 'blend-only': 24 },
    });
    expect(Object.values(summary.splits).reduce((sum, count) => sum + count)).toBe(56);
    const dataset = await openDataset(output, { verify: true });
    expect(dataset.info.digest).toBe(summary.digest);
    expect(dataset.info.counts).toMatchObject({ rows: 56, real: 32, fake: 24 });
    const originals = Object.values(dataset.info.splits).map(({ modes }) => modes.original);
    expect(originals.reduce((sum, count) => sum! + count!)).toBe(8);
    expect(summary.nothingToDo).toBe(false);
    for (const row of dataset.rows) {
      assertLegalTargets(dataset.graph, row.targets, row.id);
      expect(row.label).toBe(row.mode === 'region-swap' ? 'fake' : 'real');
      expect(Object.keys(row)[0]).toBe('file_name');
      const donor = dataset.rows.find(({ id }) => id === row.parents[1]);
      if (row.mode === 'region-swap') expect(donor).toMatchObject({ split: row.split, mode: 'original' });
      if (donor !== undefined) expect(donor.identity).not.toBe(row.identity);
    }
    expect(dataset.rows.map(({ id }) => id)).toEqual(dataset.rows.map(({ id }) => id).sort());
  });

  test('writes images that equal their original wherever the mask file is 0', async () => {
    await writePhotos(6);
    await expand();
    const dataset = await openDataset(output);
    for (const row of dataset.rows.filter(({ mask }) => mask !== null)) {
      const original = await dataset.load(dataset.rows.find(({ id }) => id === row.parents[0])!);
      const [image, mask] = [await dataset.load(row), (await dataset.loadMask(row))!];
      const differing = image.data.findIndex((value, i) => value !== original.data[i] && mask.data[i] === 0);
      expect(differing).toBe(-1);
      expect(Buffer.from(image.data).equals(Buffer.from(original.data))).toBe(false);
    }
  });

  test('gives the same bytes for the same seed, others for another', async () => {
    await writePhotos(6);
    const first = await expand();
    const files = await readAll(output);
    const second = await expand(people, { output: join(folder, 'again') });
    expect(second).toEqual(first);
    expect(await readAll(join(folder, 'again'))).toEqual(files);
    expect((await expand(people, { output: join(folder, 'other'), seed: 8 })).digest).not.toBe(first.digest);
  });

  test('keeps a person on one side of the splits, also over several photographs', async () => {
    await writePhotos(8);
    const twice = [0, 1, 2, 3, 0, 1, 2, 3].map((person) => ({ person }));
    expect((await expand(twice)).identities).toBe(4);
    const { rows } = await openDataset(output);
    const splits = new Map<string, Set<string>>();
    for (const row of rows) splits.set(row.identity, (splits.get(row.identity) ?? new Set()).add(row.split));
    expect([...splits.values()].every((own) => own.size === 1)).toBe(true);
  });

  test('brings people together that were published in several splits, and says so', async () => {
    await writePhotos(6);
    const lines = [
      'path,label,identity,split',
      'photo0.png,real,ann,train',
      'photo2.png,real,ann,test',
      'photo4.png,real,ben,train',
      'more/photo1.PNG,real,cleo,validation',
      'more/photo3.PNG,real,dora,train',
      'more/photo5.PNG,real,dora,validation',
    ];
    await writeFile(join(input, 'photos.csv'), lines.join('\n'));
    const summary = await expand(people, { source: 'csv' });
    expect(summary.conflicts).toEqual([
      {
        ids: ['more/photo3.PNG', 'more/photo5.PNG'],
        published: { train: 1, validation: 1, test: 0 },
        split: 'validation',
      },
      { ids: ['photo0.png', 'photo2.png'], published: { train: 1, validation: 0, test: 1 }, split: 'test' },
    ]);
    const { info, rows } = await openDataset(output, { verify: true });
    expect(info.conflicts).toEqual(summary.conflicts);
    expect(new Set(rows.filter(({ identity }) => identity === 'ann').map(({ split }) => split))).toEqual(
      new Set(['test']),
    );
    expect(await expand(people, { source: 'csv' })).toEqual({ ...summary, nothingToDo: true });
  });

  test('skips what it cannot use, with the reason', async () => {
    await writePhotos(7);
    await writeFile(join(input, 'notes.jpg'), 'these are words');
    const jpeg = await sharp(Buffer.from(drawPhoto(7).data), { raw: { width: 220, height: 220, channels: 3 } })
      .jpeg()
      .toBuffer();
    await writeFile(join(input, 'cut.jpg'), jpeg.subarray(0, jpeg.length / 2));
    await writeFile(join(input, 'copy.png'), await encodeImagePng(drawPhoto(0)));
    await writeFile(join(input, 'empty.png'), await encodeImagePng(drawPhoto(99)));
    const photos = [
      ...people.slice(0, 4),
      { person: 4, age: 12 },
      { person: 5, eyeDistance: 9 },
      { person: 6, score: 0.05 },
    ];
    const summary = await expand(photos);
    expect(summary).toMatchObject({ faces: 4, items: 8 });
    const reasons = Object.fromEntries(summary.skipped.map(({ file, reason }) => [file, reason]));
    expect(reasons['notes.jpg']).toMatch(/decodeImage/);
    expect(reasons['cut.jpg']).toMatch(/decodeImage/);
    expect(reasons['empty.png']).toBe('no face found');
    expect(reasons['photo0.png'] ?? reasons['copy.png']).toMatch(/the same file as/);
    expect(reasons['photo4.png#0']).toMatch(/age 12.*precaution/);
    expect(reasons['more/photo5.PNG#0']).toMatch(/9\.0 pixels/);
    expect(reasons['photo6.png#0']).toMatch(/quality 0\.05/);
    // Four people in three splits: two of the splits have nobody to swap with.
    expect(summary.skipped.filter(({ reason }) => reason.includes('nobody else')).length).toBe(6);
    expect((await openDataset(output)).info.skipped).toEqual(summary.skipped);
  });

  test('keeps what is done when it is aborted, and goes on there: the same bytes', async () => {
    await writePhotos(8);
    await expand(people, { output: join(folder, 'undisturbed') });
    const finder = createSyntheticFinder(people);
    for (const [stage, last] of [
      ['find faces', 2],
      ['find faces', 5],
      ['make images', 3],
    ] as const) {
      const controller = new AbortController();
      const onProgress = (event: ProgressEvent) => {
        if (event.stage === stage && event.done >= last) controller.abort();
      };
      await expect(expand(people, { finder, onProgress, signal: controller.signal })).rejects.toBeInstanceOf(
        AbortedError,
      );
      expect((await readdir(folder)).sort()).toEqual(['.data.partial', 'photos', 'undisturbed']);
    }
    await expand(people, { finder });
    // Once a photograph over all four runs.
    expect(finder.calls()).toBe(8);
    expect(await readAll(output)).toEqual(await readAll(join(folder, 'undisturbed')));
    expect((await readdir(folder)).sort()).toEqual(['data', 'photos', 'undisturbed']);
  });

  test('does nothing where everything is done', async () => {
    await writePhotos(6);
    const first = await expand();
    const before = await stat(join(output, 'dataset.json'));
    const finder = createSyntheticFinder(people);
    expect(await expand(people, { finder })).toEqual({ ...first, nothingToDo: true });
    expect(finder.calls()).toBe(0);
    expect((await stat(join(output, 'dataset.json'))).mtimeMs).toBe(before.mtimeMs);
  });

  test('starts anew, and says so, where unfinished work is of another recipe or input', async () => {
    await writePhotos(6);
    const signalAt = (wanted: string) => {
      const controller = new AbortController();
      const onProgress = ({ stage, done }: ProgressEvent) => {
        if (stage === wanted && done > 1) controller.abort();
      };
      return { signal: controller.signal, onProgress };
    };
    await expect(expand(people, { seed: 8, ...signalAt('make images') })).rejects.toBeInstanceOf(AbortedError);
    const messages: string[] = [];
    const summary = await expand(people, { onMessage: (message) => messages.push(message) });
    expect(messages).toEqual([expect.stringMatching(/another recipe or input/)]);
    expect((await expand(people, { output: join(folder, 'clean') })).digest).toBe(summary.digest);
    await writeFile(join(input, 'photo6.png'), await encodeImagePng(drawPhoto(6)));
    expect(await expand()).toMatchObject({ items: 7, nothingToDo: false });
  });

  test('shares its folder with another process that does the same', async () => {
    await writePhotos(8);
    const alone = await expand(people, { output: join(folder, 'alone') });
    const both = await Promise.all([expand(), expand()]);
    expect(both.map(({ digest }) => digest)).toEqual([alone.digest, alone.digest]);
    expect(await readAll(output)).toEqual(await readAll(join(folder, 'alone')));
    expect((await readdir(folder)).sort()).toEqual(['alone', 'data', 'photos']);
  });

  test('keeps an earlier data set until the new one is whole', async () => {
    await writePhotos(6);
    await expand();
    const before = await readAll(output);
    const signal = AbortSignal.abort();
    await expect(expand(people, { seed: 9, signal })).rejects.toBeInstanceOf(AbortedError);
    expect(await readAll(output)).toEqual(before);
    await expand(people, { seed: 9 });
    expect((await openDataset(output)).info.seed).toBe('9');
    expect((await readdir(folder)).sort()).toEqual(['data', 'photos']);
  });

  test('puts back what was being replaced by a process that was killed in between', async () => {
    await writePhotos(6);
    const { digest } = await expand();
    await rename(output, join(folder, '.data.replaced'));
    expect(await expand()).toMatchObject({ digest, nothingToDo: true });
    expect((await readdir(folder)).sort()).toEqual(['data', 'photos']);
  });

  test('refuses to replace what it did not make', async () => {
    await writePhotos(6);
    await mkdir(output);
    await writeFile(join(output, 'thesis.txt'), 'years of work');
    await expect(expand()).rejects.toThrow(/1 other entries \(thesis\.txt\)/);
    expect(await readFile(join(output, 'thesis.txt'), 'utf8')).toBe('years of work');
    await expand(people, { overwrite: true });
    await expect(stat(join(output, 'thesis.txt'))).rejects.toThrow();
    await expect(expand(people, { output: folder, overwrite: true })).rejects.toThrow(DatasetError);
    await expect(expand(people, { output: input, overwrite: true })).rejects.toThrow(/does not hold the photographs/);
    expect((await readdir(input)).length).toBe(4);
  });

  test('does not read its own output again', async () => {
    await writePhotos(6);
    output = join(input, 'data');
    const first = await expand();
    expect(await expand()).toEqual({ ...first, nothingToDo: true });
  });

  test('says what is wrong with options, folders and too few people', async () => {
    await expect(expand(people, { cropSize: 1000, perFace: -1 })).rejects.toBeInstanceOf(InvalidOptionError);
    await expect(expand()).rejects.toThrow(/known layout, got 0 files/);
    await expect(expand(people, { input: join(folder, 'none') })).rejects.toThrow(/readable folder/);
    await writePhotos(2);
    await expect(expand()).rejects.toThrow(/at least 3 different people/);
    await expect(expand([], { seed: 8 })).rejects.toThrow(/usable faces.*\n.*no face found/);
  });

  test('asks for a finder or a runner, and for modes that other processes know', async () => {
    await writePhotos(6);
    const runner: JobRunner = { engine: 'wasm', run: async () => {} };
    await expect(expand(people, { runner })).rejects.toThrow(/finder or a runner, got both/);
    await expect(expandFolder({ input, output, seed: 1 })).rejects.toThrow(/got neither/);
    const own: ExpansionMode = { ...blendOnly, name: 'own' };
    await expect(expandFolder({ input, output, seed: 1, runner, modes: [own] })).rejects.toThrow(/got own/);
    expect((await expand(people, { modes: [own] })).expanded).toEqual({ own: 18 });
    await expect(expand(people, { regions: ['skin'], modes: [regionSwap] })).rejects.toThrow(/region of region-swap/);
  });
});

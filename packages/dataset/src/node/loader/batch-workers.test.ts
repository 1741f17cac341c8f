import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AbortedError, type Batch, type BatchSource, DatasetError, InvalidOptionError } from '@sofd/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSyntheticFinder, drawPhoto } from '../../../testing/synthetic-finder.js';
import { type BatchSourceOptions, createBatchSource } from '../../batches/create-batch-source.js';
import { encodeImagePng } from '../encode-png.js';
import { expandFolder } from '../expand-folder.js';
import { type FolderDataset, openDataset } from '../open-dataset.js';
import { createBatchWorkers } from './batch-workers.js';

const isBuilt = existsSync(fileURLToPath(new URL('../../../dist/node/loader/batch-worker.js', import.meta.url)));
const reason = isBuilt ? '' : ' (skipped: the worker is not built; pnpm build:js)';
if (reason) process.stderr.write(`Threads of the loader${reason}\n`);

let root: string;
let folder: string;
let dataset: FolderDataset;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sofd-loader-'));
  folder = join(root, 'faces');
  const input = join(root, 'photos');
  await mkdir(input);
  const photos = Array.from({ length: 6 }, (_, person) => ({ person }));
  for (const { person } of photos)
    await writeFile(join(input, `${person}.png`), await encodeImagePng(drawPhoto(person)));
  await expandFolder({ input, output: folder, finder: createSyntheticFinder(photos), seed: 1, cropSize: 48 });
  dataset = await openDataset(folder);
});

afterAll(() => rm(root, { recursive: true, force: true }));

const options: BatchSourceOptions = {
  split: 'train',
  batchSize: 4,
  imageSize: 40,
  mean: [0.4, 0.5, 0.6],
  std: [0.2, 0.25, 0.3],
  seed: 3,
  augment: 'corruptions',
};

/** Threads of this process that run a loader, by the descriptors of their message ports. */
const countThreads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

const places = [0, 1].flatMap((epoch) => [0, 1, 2, 3].map((index) => ({ epoch, index })));

/** Batches that are all asked for at once. */
const makeBatches = (source: BatchSource, asked = places): Promise<Batch[]> =>
  Promise.all(asked.map(({ epoch, index }) => source.batch(epoch, index)));

describe.skipIf(!isBuilt)(`createBatchWorkers${reason}`, () => {
  test.each([0, 1, 2, 3])('gives the same bits as this thread does, by %i threads', async (workers) => {
    const loader = createBatchWorkers(folder, { workers });
    for (const augment of ['none', 'tone', 'corruptions'] as const) {
      const expected = await makeBatches(createBatchSource(dataset, { ...options, augment }));
      const create = () => createBatchSource(dataset, { ...options, augment, loader });
      expect(await makeBatches(create())).toEqual(expected);
      // A run that goes on in the middle.
      expect(await makeBatches(create(), places.slice(3))).toEqual(expected.slice(3));
    }
    await loader.close();
  });

  test('half of a batch is fake, each before a real one of the same face', async () => {
    const byId = new Map(dataset.rows.map((row) => [row.id, row]));
    const loader = createBatchWorkers(folder, { workers: 2 });
    for (const { ids, targets } of await makeBatches(createBatchSource(dataset, { ...options, loader }))) {
      const rows = ids.map((id) => byId.get(id)!);
      expect(rows.map(({ label }) => label)).toEqual(['fake', 'real', 'fake', 'real']);
      const faces = rows.map(({ id, label, parents }) => (label === 'real' && parents.length === 0 ? id : parents[0]));
      expect([faces[0], faces[2]]).toEqual([faces[1], faces[3]]);
      expect([...targets]).toEqual(rows.flatMap((row) => row.targets));
    }
    await loader.close();
  });

  test('one pool serves two sources, of images of two sizes', async () => {
    const loader = createBatchWorkers(folder, { workers: 2, cache: 20_000 });
    const small = createBatchSource(dataset, { ...options, imageSize: 8, augment: 'none', loader });
    const large = createBatchSource(dataset, { ...options, loader });
    const plain = createBatchSource(dataset, { ...options, imageSize: 8, augment: 'none' });
    for (const { epoch, index } of places) {
      const [first, second] = await Promise.all([small.batch(epoch, index), large.batch(epoch, index)]);
      expect(first).toEqual(await plain.batch(epoch, index));
      expect(second.imageSize).toBe(40);
    }
    await loader.close();
  });

  test('an image that cannot be read is an error of its batch, and of no other', async () => {
    const [broken] = dataset.split('train').filter(({ label }) => label === 'fake');
    const rows = dataset.rows.map((row) => (row === broken ? { ...row, file_name: 'train/missing.png' } : row));
    const split = (name: string) => rows.filter((row) => row.split === name);
    const loader = createBatchWorkers(folder, { workers: 2 });
    const source = createBatchSource({ ...dataset, rows, split }, { ...options, loader });
    const results = await Promise.allSettled(places.map(({ epoch, index }) => source.batch(epoch, index)));
    const plain = createBatchSource(dataset, options);
    for (const [i, result] of results.entries()) {
      const { epoch, index } = places[i]!;
      const expected = await plain.batch(epoch, index);
      if (result.status === 'fulfilled') {
        expect(result.value).toEqual(expected);
        expect(expected.ids).not.toContain(broken!.id);
      } else {
        expect(expected.ids).toContain(broken!.id);
        expect(result.reason).toBeInstanceOf(DatasetError);
        expect(result.reason.message).toMatch(
          new RegExp(`batch ${index} of epoch ${epoch} .*${broken!.id}.*, got: decodeImage: .*missing\\.png`),
        );
      }
    }
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);
    await loader.close();
  });

  test("the images are the caller's own memory, which no thread holds", async () => {
    const loader = createBatchWorkers(folder, { workers: 1 });
    const source = createBatchSource(dataset, { ...options, loader });
    const first = await source.batch(0, 0);
    const copy = first.images.slice();
    first.images.fill(0);
    expect((await source.batch(0, 0)).images).toEqual(copy);
    await loader.close();
  });

  test('close ends the threads, and tells who waits', async () => {
    const before = countThreads();
    const loader = createBatchWorkers(folder, { workers: 2 });
    const source = createBatchSource(dataset, { ...options, loader });
    await Promise.all([source.batch(0, 0), source.batch(0, 1)]);
    const waiting = source.batch(0, 2);
    const refused = expect(waiting).rejects.toBeInstanceOf(AbortedError);
    expect(countThreads()).toBeGreaterThan(before);
    await loader.close();
    await refused;
    expect(countThreads()).toBe(before);
    await expect(source.batch(0, 3)).rejects.toBeInstanceOf(AbortedError);
    await loader.close();
  });

  test('refuses wrong options', () => {
    expect(() => createBatchWorkers(folder, { workers: -1 })).toThrow(InvalidOptionError);
    expect(() => createBatchWorkers(folder, { threads: 2 } as object)).toThrow(/threads: unknown key/);
    expect(() => createBatchSource(dataset, { ...options, loader: {} as never })).toThrow(/loader/);
  });
});

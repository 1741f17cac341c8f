import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortedError, type Batch, createRandom, type DatasetRow, faceForensics, type SplitName } from '@sofd/core';
import type { FolderDataset } from '@sofd/dataset/node';
import { decodeImage, encodePng } from '@sofd/face';
import { defineModelConfig, modelPresets } from '@sofd/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareTrainingData, type TrainingDataOptions } from './training-data.js';

const datasetPackage = createRequire(import.meta.url).resolve('@sofd/dataset/node');
const isBuilt = existsSync(join(datasetPackage, '..', 'loader', 'batch-worker.js'));
const reason = isBuilt ? '' : ' (skipped: the worker is not built; pnpm build:js)';
if (reason) process.stderr.write(`Training data by threads${reason}\n`);

let folder: string;
let dataset: FolderDataset;

/** An original of a person and a fake of it. */
const rowsOf = (person: number, split: SplitName): DatasetRow[] =>
  (['real', 'fake'] as const).map((label) => ({
    ...({
      file_name: `${label}-${person}.png`,
      id: `${label}-${person}`,
      identity: `p${person}`,
      label,
      split,
    } as DatasetRow),
    targets: [label === 'fake' ? 1 : 0],
    parents: label === 'fake' ? [`real-${person}`] : [],
  }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-training-data-'));
  const rows = Array.from({ length: 20 }, (_, person) => rowsOf(person, person < 16 ? 'train' : 'validation')).flat();
  for (const { id, file_name } of rows) {
    const random = createRandom(id);
    const data = Uint8ClampedArray.from({ length: 48 * 48 * 3 }, () => random.integer(256));
    await writeFile(join(folder, file_name), await encodePng({ width: 48, height: 48, data }));
  }
  dataset = {
    rows,
    graph: faceForensics,
    split: (name: SplitName) => rows.filter(({ split }) => split === name),
    load: (row: DatasetRow) => decodeImage(join(folder, row.file_name)),
  } as unknown as FolderDataset;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function createContext() {
  const [logged, controller] = [[] as string[], new AbortController()];
  const context = { log: (line: string) => logged.push(line), progress: () => {}, signal: controller.signal };
  return { context, logged, abort: () => controller.abort() };
}

const optionsOf = (changes: Partial<TrainingDataOptions>): TrainingDataOptions => ({
  folder,
  config: defineModelConfig(modelPresets.tiny, faceForensics),
  params: {} as TrainingDataOptions['params'],
  isTrained: false,
  features: { engine: 'none', output: folder },
  batchSize: 4,
  heldOut: 0.25,
  seed: 1,
  ...changes,
});

/** Training and held-out batches from a step on, as a run asks for them. */
async function takeBatches(changes: Partial<TrainingDataOptions>, { from = 0 } = {}): Promise<Batch[]> {
  const { context } = createContext();
  const data = await prepareTrainingData(dataset, optionsOf(changes), context);
  const batches: Batch[] = [];
  for (let step = from; step < 12; step++) {
    for (const source of [data.training, data.heldOut]) {
      const { batchesPerEpoch } = source;
      batches.push(await source.batch(Math.floor(step / batchesPerEpoch), step % batchesPerEpoch));
    }
  }
  await data.close();
  return batches;
}

describe.skipIf(!isBuilt)(`prepareTrainingData, of images${reason}`, () => {
  test('any number of threads gives the same batches, from any step on', async () => {
    const expected = await takeBatches({ workers: 0, augment: 'corruptions' });
    for (const workers of [1, 2]) expect(await takeBatches({ workers, augment: 'corruptions' })).toEqual(expected);
    expect(await takeBatches({ workers: 1, augment: 'corruptions' }, { from: 5 })).toEqual(expected.slice(10));
    const toned = await takeBatches({ workers: 1 });
    expect(toned).toEqual(await takeBatches({ workers: 0, augment: 'tone' }));
    expect(toned).not.toEqual(expected);
  });

  test('no person of the held-out batches is in the training batches', async () => {
    const people = (batches: readonly Batch[]) =>
      new Set(batches.flatMap(({ ids }) => ids.map((id) => id.replace(/^\w+-/, ''))));
    const batches = await takeBatches({ workers: 1 });
    const [training, heldOut] = [0, 1].map((part) => people(batches.filter((_, i) => i % 2 === part)));
    expect([...heldOut!].filter((person) => training!.has(person))).toEqual([]);
  });

  test('stops with the run, and says what it waited for', async () => {
    const { context, logged, abort } = createContext();
    const data = await prepareTrainingData(dataset, optionsOf({ workers: 1 }), context);
    await data.training.batch(0, 0);
    abort();
    await expect(data.training.batch(0, 1)).rejects.toBeInstanceOf(AbortedError);
    await data.close();
    expect(logged).toEqual([expect.stringMatching(/^1 training batches by 1 thread.*1 of them/)]);
  });

  test('refuses an augmentation of images whose features are computed once', async () => {
    const options = optionsOf({ config: defineModelConfig(modelPresets.demo, faceForensics), augment: 'tone' });
    await expect(prepareTrainingData(dataset, options, createContext().context)).rejects.toThrow(/no data\.augment/);
  });
});

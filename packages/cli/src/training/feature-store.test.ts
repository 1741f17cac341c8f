import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { createRandom, type DatasetRow, faceForensics } from '@sofd/core';
import type { FolderDataset } from '@sofd/dataset/node';
import { createParameters, defineModelConfig, type ModelParameters } from '@sofd/model';
import { disposeTree, useBackend } from '@sofd/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FeatureStoreOptions, loadFeatures, removeFeatures } from './feature-store.js';

const config = defineModelConfig(
  {
    embedDim: 8,
    vision: {
      kind: 'pooled-stem',
      imageSize: 8,
      firstChannels: 2,
      blocks: [{ channels: 6, stride: 1 }],
      pooledBlocks: [1],
    },
    text: { width: 16, depth: 1 },
  },
  faceForensics,
);
const rows = Array.from(
  { length: 70 },
  (_, i) => ({ id: `row-${i}`, split: i < 60 ? 'train' : 'validation', targets: [i % 2] }) as unknown as DatasetRow,
);
let loads = 0;
const dataset = {
  rows,
  info: { digest: 'abc' },
  split: () => rows,
  async load({ id }: DatasetRow) {
    loads++;
    const random = createRandom(id);
    return { width: 8, height: 8, data: Uint8ClampedArray.from({ length: 192 }, () => random.integer(256)) };
  },
} as unknown as FolderDataset;
const context = { log: () => {}, progress: () => {}, signal: new AbortController().signal };

let output: string;
let params: ModelParameters;
const load = (changes: Partial<FeatureStoreOptions> = {}) =>
  loadFeatures(dataset, rows, { store: { config, params, engine: 'wasm', output, ...changes }, context });

beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), 'sofd-features-'));
  await useBackend(wasm());
  params = createParameters(config, createRandom(1));
});
afterAll(async () => {
  disposeTree(params);
  await rm(output, { recursive: true, force: true });
});

test('features are computed once, and again where a file of them is torn', async () => {
  const first = await load();
  expect(first.size).toBe(rows.length);
  expect(loads).toBe(70);
  expect(await load()).toEqual(first);
  expect(loads).toBe(70);
  const [folder] = await readdir(join(output, 'features'));
  await writeFile(join(output, 'features', folder!, '00000064.f32'), 'torn');
  expect(await load()).toEqual(first);
  expect(loads).toBe(76);
});

test('those of another engine or other weights are others', async () => {
  await load({ engine: 'native' });
  const other = createParameters(config, createRandom(2));
  const before = await load();
  expect(await load({ params: other })).not.toEqual(before);
  expect(await readdir(join(output, 'features'))).toHaveLength(3);
  disposeTree(other);
});

test('they go when nobody needs them', async () => {
  await removeFeatures(output);
  expect(await readdir(output)).toEqual([]);
});

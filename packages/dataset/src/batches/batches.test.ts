import { createRandom, DatasetError, type DatasetRow, faceForensics, InvalidOptionError } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset.js';
import { relabel } from '../relabel/relabel.js';
import { type BatchSourceOptions, createBatchSource } from './create-batch-source.js';
import { createImageCache } from './image-cache.js';
import { loadSplit } from './load-split.js';
import { planEpoch } from './plan-epoch.js';

function row(id: string, mode: string, region: string | null, parents: string[]): DatasetRow {
  const manipulation =
    mode === 'original' ? 'real' : mode === 'blend-only' ? 'expansion:blend-only' : `expansion:${region}`;
  const { label, targets, altered } = relabel(faceForensics, manipulation);
  const split = 'train' as const;
  return {
    file_name: `${split}/${id}.png`,
    id,
    label,
    manipulation,
    targets: [...targets],
    altered: [...altered],
    mode,
    region,
    identity: id.slice(0, 2),
    source: `${id}.jpg`,
    method: null,
    video: null,
    frame: null,
    track: null,
    quality: 1,
    showable: true,
    parents,
    split,
    seed: id,
    mask: null,
    measured: null,
    crop: 'v1',
  };
}

function createMemoryDataset(faces: number): Dataset & { loads: () => number } {
  let loads = 0;
  const rows = Array.from({ length: faces }, (_, i) => `p${i}`).flatMap((face) => [
    row(face, 'original', null, []),
    ...['eyes', 'mouth', 'nose'].flatMap((region) => [
      row(`${face}-swap-${region}`, 'region-swap', region, [face, 'p0']),
      row(`${face}-blend-${region}`, 'blend-only', region, [face]),
    ]),
  ]);
  return {
    rows,
    graph: faceForensics,
    loads: () => loads,
    split: (name) => rows.filter(({ split }) => split === name),
    async load({ id }): Promise<PixelImage> {
      loads++;
      const random = createRandom(id);
      return { width: 6, height: 6, data: Uint8Array.from({ length: 108 }, () => random.integer(256)) };
    },
  };
}

const options: BatchSourceOptions = {
  split: 'train',
  batchSize: 8,
  imageSize: 6,
  mean: [0.4, 0.5, 0.6],
  std: [0.2, 0.25, 0.3],
  seed: 3,
};

describe('createBatchSource', () => {
  const dataset = createMemoryDataset(6);

  test('gives half real, half fake, each fake in the company of its original', async () => {
    const source = createBatchSource(dataset, options);
    // 18 fakes and as many reals make an epoch of 36 places.
    expect(source.batchesPerEpoch).toBe(4);
    const byId = new Map(dataset.rows.map((item) => [item.id, item]));
    let [fakes, withOriginal] = [0, 0];
    for (let index = 0; index < source.batchesPerEpoch; index++) {
      const { ids, targets, size } = await source.batch(0, index);
      const rows = ids.map((id) => byId.get(id)!);
      expect(size).toBe(8);
      expect(rows.filter(({ label }) => label === 'fake').length).toBe(4);
      expect([...targets]).toEqual(rows.flatMap((item) => item.targets));
      for (const item of rows.filter(({ label }) => label === 'fake')) {
        fakes++;
        if (ids.includes(item.parents[0]!)) withOriginal++;
      }
    }
    // Groups of four and of two: a batch cuts a group of four apart at most once.
    expect(withOriginal).toBeGreaterThanOrEqual(fakes - source.batchesPerEpoch);
  });

  test('is a pure function of seed, epoch and index', async () => {
    const [first, second] = [createBatchSource(dataset, options), createBatchSource(dataset, options)];
    const late = await first.batch(2, 1);
    await second.batch(0, 0);
    await second.batch(5, 3);
    expect(await second.batch(2, 1)).toEqual(late);
    expect((await second.batch(3, 1)).ids).not.toEqual(late.ids);
    expect((await createBatchSource(dataset, { ...options, seed: 4 }).batch(2, 1)).ids).not.toEqual(late.ids);
  });

  test('normalises as (v / 255 - mean) / std', async () => {
    const { images, ids } = await createBatchSource(dataset, options).batch(0, 0);
    const { data } = await dataset.load(dataset.rows.find(({ id }) => id === ids[1])!);
    for (let i = 0; i < 108; i++) {
      const expected = (data[i]! / 255 - options.mean[i % 3]!) / options.std[i % 3]!;
      expect(images[108 + i]).toBe(Math.fround(expected));
    }
    const raw = await createBatchSource(dataset, {
      ...options,
      mean: [0, 0, 0],
      std: [1 / 255, 1 / 255, 1 / 255],
    }).batch(0, 0);
    // 255 (v / 255) is v to one rounding of a double, which a float32 does not see beyond its own.
    data.forEach((value, i) => {
      expect(Math.abs(raw.images[108 + i]! - value)).toBeLessThan(2e-5);
    });
  });

  test('augments a fake and its original alike, deterministically', async () => {
    const source = createBatchSource(dataset, { ...options, augment: 'tone' });
    const plain = await createBatchSource(dataset, options).batch(1, 0);
    const toned = await source.batch(1, 0);
    expect(toned.ids).toEqual(plain.ids);
    expect(toned.images).not.toEqual(plain.images);
    expect(await source.batch(1, 0)).toEqual(toned);
  });

  test('corrupts three images in ten, each by itself and anew in every epoch', async () => {
    const plain = createBatchSource(dataset, options);
    const source = createBatchSource(dataset, { ...options, augment: 'corruptions' });
    const isCorrupted = async (epoch: number, index: number) => {
      const [before, after] = [await plain.batch(epoch, index), await source.batch(epoch, index)];
      expect(await source.batch(epoch, index)).toEqual(after);
      expect(after.ids).toEqual(before.ids);
      const pixels = 108;
      return after.ids.map((_, i) =>
        [...Array(pixels).keys()].some((p) => after.images[i * pixels + p] !== before.images[i * pixels + p]),
      );
    };
    const seen: boolean[] = [];
    for (let epoch = 0; epoch < 12; epoch++)
      for (let index = 0; index < 4; index++) seen.push(...(await isCorrupted(epoch, index)));
    // Three tenths, less the grey blocks, of which there are none on small images; to five standard deviations.
    const expected = 0.3 * (4 / 5);
    const deviation = Math.sqrt((expected * (1 - expected)) / seen.length);
    expect(Math.abs(seen.filter(Boolean).length / seen.length - expected)).toBeLessThan(5 * deviation);
    expect(seen.slice(0, 32)).not.toEqual(seen.slice(32, 64));
  });

  test('names the batch whose image cannot be read', async () => {
    const broken = { ...dataset, load: () => Promise.reject(new Error('no such file')) };
    await expect(createBatchSource(broken, options).batch(2, 1)).rejects.toThrow(
      /the images of batch 1 of epoch 2 in the split train \(p\d.*\), got: no such file/,
    );
    await expect(createBatchSource(broken, options).batch(2, 1)).rejects.toThrow(DatasetError);
  });

  test('reads every image once while the cache holds it', async () => {
    const fresh = createMemoryDataset(4);
    const source = createBatchSource(fresh, options);
    for (let index = 0; index < source.batchesPerEpoch; index++) await source.batch(0, index);
    const before = fresh.loads();
    for (let index = 0; index < source.batchesPerEpoch; index++) await source.batch(0, index);
    expect(fresh.loads()).toBe(before);
  });

  test('goes round where a split is smaller than a batch', async () => {
    const small = createMemoryDataset(1);
    const source = createBatchSource(small, { ...options, batchSize: 16 });
    expect(source.batchesPerEpoch).toBe(1);
    expect((await source.batch(0, 0)).size).toBe(16);
  });

  test('refuses odd batches, unknown options, and splits of one kind', () => {
    expect(() => createBatchSource(dataset, { ...options, batchSize: 7 })).toThrow(InvalidOptionError);
    expect(() => createBatchSource(dataset, { ...options, flip: true } as BatchSourceOptions)).toThrow(
      /flip: unknown key/,
    );
    expect(() => createBatchSource(dataset, { ...options, std: [1, 0, 1] })).toThrow(/above 0/);
    expect(() => createBatchSource(dataset, { ...options, augment: 'flip' as 'tone' })).toThrow(
      /augment: .*corruptions/,
    );
    expect(() => createBatchSource(dataset, { ...options, split: 'test' })).toThrow(DatasetError);
  });
});

describe('planEpoch', () => {
  test('takes every fake once, and a control for every second fake of a face', () => {
    const { rows } = createMemoryDataset(5);
    const plan = planEpoch(rows, createRandom(1)).map(({ row: item }) => item);
    const fakes = plan.filter(({ label }) => label === 'fake').map(({ id }) => id);
    expect(fakes.sort()).toEqual(
      rows
        .filter(({ label }) => label === 'fake')
        .map(({ id }) => id)
        .sort(),
    );
    expect(plan.filter(({ mode }) => mode === 'blend-only').length).toBe(5);
    expect(plan.filter(({ mode }) => mode === 'original').length).toBe(10);
    plan.forEach(({ label }, i) => {
      expect(label).toBe(i % 2 === 0 ? 'fake' : 'real');
    });
  });
});

describe('createImageCache', () => {
  test('forgets the longest unused image beyond its limit', async () => {
    const dataset = createMemoryDataset(3);
    const cache = createImageCache(dataset.load, 2 * 108);
    const [a, b, c] = dataset.rows;
    for (const item of [a, b, a, c, a]) await cache.read(item!, 6);
    expect(dataset.loads()).toBe(3);
    await cache.read(b!, null);
    expect(dataset.loads()).toBe(4);
  });

  test('keeps nothing where it may not', async () => {
    const dataset = createMemoryDataset(1);
    const cache = createImageCache(dataset.load, 0);
    for (const size of [6, 6, 3]) expect((await cache.read(dataset.rows[0]!, size)).width).toBe(size);
    expect(dataset.loads()).toBe(3);
  });
});

describe('loadSplit', () => {
  test('loads all rows in order, resized', async () => {
    const dataset = createMemoryDataset(2);
    const { rows, images, targets, size, ids } = await loadSplit(dataset, 'train', { ...options, imageSize: 3 });
    expect(size).toBe(14);
    expect(images.length).toBe(14 * 27);
    expect(targets.length).toBe(140);
    expect(ids).toEqual(rows.map(({ id }) => id));
    await expect(loadSplit(dataset, 'test', options)).rejects.toThrow(DatasetError);
  });
});

import { type Batch, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { createArraySource } from './array-source.js';

/** Rows that hold their own number; the first `fakes` of them are fake. */
const createSet = (size: number, fakes: number): Batch => ({
  images: Float32Array.from({ length: size * 2 }, (_, i) => Math.floor(i / 2)),
  targets: Float32Array.from({ length: size * 3 }, (_, i) => (i % 3 === 0 && i / 3 < fakes ? 1 : 0)),
  size,
  imageSize: 0,
  ids: Array.from({ length: size }, (_, row) => String(row)),
});

const epochOf = async (source: ReturnType<typeof createArraySource>, epoch: number) => {
  const batches: Batch[] = [];
  for (let index = 0; index < source.batchesPerEpoch; index++) batches.push(await source.batch(epoch, index));
  return batches;
};

describe('createArraySource', () => {
  it('shows every row once an epoch, in another order every epoch', async () => {
    const source = createArraySource(createSet(12, 3), { batchSize: 4, seed: 1 });
    const [first, second] = [await epochOf(source, 0), await epochOf(source, 1)];
    const ids = (batches: readonly Batch[]) => batches.flatMap((batch) => batch.ids);
    expect(ids(first).toSorted()).toEqual(createSet(12, 3).ids.toSorted());
    expect(ids(second)).not.toEqual(ids(first));
  });

  it('keeps images, targets and ids of a row together', async () => {
    const source = createArraySource(createSet(9, 4), { batchSize: 4, seed: 1, balanced: true });
    for (const { ids, images, targets, size } of await epochOf(source, 3)) {
      expect(size).toBe(4);
      for (const [row, id] of ids.entries()) {
        expect([...images.subarray(2 * row, 2 * row + 2)]).toEqual([Number(id), Number(id)]);
        expect(targets[3 * row]).toBe(Number(id) < 4 ? 1 : 0);
      }
    }
  });

  it('is a pure function of seed, epoch and index', async () => {
    const options = { batchSize: 3, seed: 'a', balanced: true };
    const source = createArraySource(createSet(20, 5), options);
    await source.batch(4, 1);
    const later = await source.batch(2, 0);
    expect(await createArraySource(createSet(20, 5), options).batch(2, 0)).toEqual(later);
    expect(await createArraySource(createSet(20, 5), { ...options, seed: 'b' }).batch(2, 0)).not.toEqual(later);
  });

  it('shows as many fake rows as real ones where that is asked for, and all of them', async () => {
    const source = createArraySource(createSet(40, 30), { batchSize: 10, seed: 1, balanced: true });
    const batches = await epochOf(source, 0);
    for (const { targets } of batches) expect(targets.filter((_, i) => i % 3 === 0).reduce((a, b) => a + b)).toBe(5);
    expect(new Set(batches.flatMap(({ ids }) => ids)).size).toBe(40);
  });

  it('gives a set that does not fill a batch as one batch', async () => {
    const source = createArraySource(createSet(3, 1), { batchSize: 10, seed: 1 });
    expect(source.batchesPerEpoch).toBe(1);
    expect((await source.batch(0, 0)).size).toBe(3);
  });

  it('refuses an empty set and a batch size that is none', () => {
    expect(() => createArraySource(createSet(0, 0), { batchSize: 1, seed: 1 })).toThrow(InvalidOptionError);
    expect(() => createArraySource(createSet(1, 0), { batchSize: 0, seed: 1 })).toThrow(InvalidOptionError);
  });
});

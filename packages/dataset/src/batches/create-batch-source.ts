import {
  type Batch,
  type BatchSource,
  createRandom,
  DatasetError,
  type DatasetRow,
  parseOptions,
  type Random,
  type SplitName,
} from '@sofd/core';
import * as v from 'valibot';
import type { Dataset } from '../dataset.js';
import { fillBatch, type Tone } from './fill-batch.js';
import { createImageCache } from './image-cache.js';
import { type PlannedRow, planEpoch } from './plan-epoch.js';

/** How batches are made. */
export interface BatchSourceOptions {
  readonly split: SplitName;
  /** Even: half real, half fake. */
  readonly batchSize: number;
  /** Side of the images in pixels. */
  readonly imageSize: number;
  /** Values are `(v / 255 - mean) / std`, a channel each. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly seed: number | string;
  /** Draws brightness and contrast, the same for a fake and its original; off by default. */
  readonly augment?: boolean;
  /** Most bytes of decoded images kept in memory; 256 MiB by default, 0 for none. */
  readonly cache?: number;
}

/** A batch source that tells which rows it draws from. */
export interface DatasetBatchSource extends BatchSource {
  readonly rows: readonly DatasetRow[];
}

const side = v.pipe(v.number(), v.integer(), v.minValue(1));
const channels = v.tuple([v.number(), v.number(), v.number()]);

const optionsSchema = v.strictObject({
  split: v.picklist(['train', 'validation', 'test']),
  batchSize: v.pipe(
    side,
    v.check((size) => size % 2 === 0, 'expected an even number, half real and half fake'),
  ),
  imageSize: side,
  mean: channels,
  std: v.pipe(
    channels,
    v.check((values) => values.every((value) => value > 0), 'expected values above 0'),
  ),
  seed: v.union([v.pipe(v.number(), v.finite()), v.string()]),
  augment: v.optional(v.boolean(), false),
  cache: v.optional(v.pipe(v.number(), v.minValue(0)), 256 * 2 ** 20),
});

function drawTone(random: Random): Tone {
  return { gain: random.uniformBetween(0.9, 1.1), offset: random.uniformBetween(-12, 12) };
}

function findRows(dataset: Dataset, split: SplitName): readonly DatasetRow[] {
  const rows = dataset.split(split);
  const fakes = rows.filter(({ label }) => label === 'fake').length;
  if (fakes === 0 || fakes === rows.length) {
    throw new DatasetError(
      `createBatchSource: expected real and fake images in the split ${split}, got ${rows.length - fakes} real and ${fakes} fake; ` +
        'expand more people, so that the split has donors',
    );
  }
  return rows;
}

/**
 * Makes training batches out of a split: half real, half fake, each fake beside the original it was made from. Blend-only
 * images count as real. A batch is a pure function of (seed, epoch, index), so that training can resume anywhere.
 *
 * @param dataset where rows and images come from
 * @param options see {@link BatchSourceOptions}
 * @returns images `[batchSize, imageSize, imageSize, 3]` and targets `[batchSize, labels]`, float32
 * @throws InvalidOptionError where an option is wrong
 * @throws DatasetError where the split has no fake or no real image
 *
 * @example
 * ```ts
 * const source = createBatchSource(dataset, { split: 'train', batchSize: 8, imageSize: 224, mean, std, seed: 7 });
 * const { images, targets } = await source.batch(0, 0);
 * ```
 */
export function createBatchSource(dataset: Dataset, options: BatchSourceOptions): DatasetBatchSource {
  const settings = parseOptions(optionsSchema, options, 'createBatchSource');
  const { batchSize, imageSize, augment, cache, split } = settings;
  const rows = findRows(dataset, split);
  const images = createImageCache(dataset, { imageSize, maxBytes: cache });
  const random = createRandom(settings.seed).split('batches').split(split);
  let planned: { epoch: number; rows: PlannedRow[] } | null = null;
  const plan = (epoch: number) => {
    if (planned?.epoch !== epoch) planned = { epoch, rows: planEpoch(rows, random.split(epoch)) };
    return planned.rows;
  };
  return {
    rows,
    batchesPerEpoch: Math.max(1, Math.floor(plan(0).length / batchSize)),
    async batch(epoch, index): Promise<Batch> {
      const all = plan(epoch);
      const items = Array.from({ length: batchSize }, (_, i) => all[(index * batchSize + i) % all.length]!);
      const tones = random.split(epoch).split('tone');
      const tone = (group: string) => (augment ? drawTone(tones.split(group)) : null);
      const pixels = await Promise.all(
        items.map(async ({ row, group }) => ({ row, tone: tone(group), image: await images.read(row) })),
      );
      return fillBatch(pixels, settings);
    },
  };
}

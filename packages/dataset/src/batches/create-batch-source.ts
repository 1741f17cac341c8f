import {
  AbortedError,
  type Batch,
  type BatchSource,
  createRandom,
  DatasetError,
  type DatasetRow,
  parseOptions,
  type SplitName,
} from '@sofd/core';
import * as v from 'valibot';
import type { Dataset } from '../dataset.js';
import { splitNames } from '../identity/split-by-group.js';
import { type AugmentationName, augmentationNames, drawAugmentation } from './augmentation.js';
import { joinBatch } from './fill-batch.js';
import { createImageLoader, defaultCacheBytes, type ImageLoader } from './image-loader.js';
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
  /** What the images go through; `none` by default. */
  readonly augment?: AugmentationName;
  /** Most bytes of decoded images that this thread keeps in memory; 256 MiB by default, 0 for none. */
  readonly cache?: number;
  /** Who makes the images: this thread by default, or threads of their own, see `createBatchWorkers`. */
  readonly loader?: ImageLoader;
}

/** A batch source that tells which rows it draws from. */
export interface DatasetBatchSource extends BatchSource {
  readonly rows: readonly DatasetRow[];
}

const side = v.pipe(v.number(), v.integer(), v.minValue(1));
const channels = v.tuple([v.number(), v.number(), v.number()]);

const optionsSchema = v.strictObject({
  split: v.picklist(splitNames),
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
  augment: v.optional(v.picklist(augmentationNames), 'none'),
  cache: v.optional(v.pipe(v.number(), v.minValue(0)), defaultCacheBytes),
  loader: v.optional(
    v.custom<ImageLoader>((loader) => typeof loader === 'object' && loader !== null && 'load' in loader),
  ),
});

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

/** A place of a batch: its row, and where in the epoch it stands. */
interface Place extends PlannedRow {
  readonly place: number;
}

/** An error that names the batch; that of a caller who stopped the work stays as it is. */
function describeFailure(cause: unknown, places: readonly Place[], batch: string): unknown {
  if (AbortedError.isInstance(cause)) return cause;
  const ids = places.map(({ row }) => row.id).join(', ');
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatasetError(`createBatchSource: expected ${batch} (${ids}), got: ${reason}`, { cause });
}

/**
 * Makes training batches out of a split: half real, half fake, each fake beside the original it was made from. Blend-only
 * images count as real. A batch is a pure function of (seed, epoch, index), so that training can resume anywhere, and
 * whoever makes its images.
 *
 * @param dataset where rows and images come from
 * @param options see {@link BatchSourceOptions}
 * @returns images `[batchSize, imageSize, imageSize, 3]` and targets `[batchSize, labels]`, float32
 * @throws InvalidOptionError where an option is wrong
 * @throws DatasetError where the split has no fake or no real image; from `batch`, naming it, where an image cannot be read
 *
 * @example
 * ```ts
 * const source = createBatchSource(dataset, { split: 'train', batchSize: 8, imageSize: 224, mean, std, seed: 7 });
 * const { images, targets } = await source.batch(0, 0);
 * ```
 */
export function createBatchSource(dataset: Dataset, options: BatchSourceOptions): DatasetBatchSource {
  const settings = parseOptions(optionsSchema, options, 'createBatchSource');
  const { batchSize, imageSize, mean, std, augment, cache, split } = settings;
  const rows = findRows(dataset, split);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const loader = settings.loader ?? createImageLoader(({ id }) => dataset.load(byId.get(id)!), cache);
  const random = createRandom(settings.seed).split('batches').split(split);
  let planned: { epoch: number; rows: PlannedRow[] } | null = null;
  const plan = (epoch: number) => {
    if (planned?.epoch !== epoch) planned = { epoch, rows: planEpoch(rows, random.split(epoch)) };
    return planned.rows;
  };
  const placesOf = (epoch: number, index: number): Place[] => {
    const all = plan(epoch);
    return Array.from({ length: batchSize }, (_, i) => {
      const place = index * batchSize + i;
      return { ...all[place % all.length]!, place };
    });
  };
  return {
    rows,
    batchesPerEpoch: Math.max(1, Math.floor(plan(0).length / batchSize)),
    async batch(epoch, index): Promise<Batch> {
      const places = placesOf(epoch, index);
      const stream = random.split(epoch);
      const images = places.map(({ row, ...place }) => ({
        id: row.id,
        file_name: row.file_name,
        augmentation: drawAugmentation(augment, place, stream),
      }));
      try {
        const pixels = await loader.load(images, { imageSize, mean, std });
        return joinBatch(
          places.map(({ row }) => row),
          pixels,
          imageSize,
        );
      } catch (cause) {
        throw describeFailure(cause, places, `the images of batch ${index} of epoch ${epoch} in the split ${split}`);
      }
    },
  };
}

import { type Batch, DatasetError, type DatasetRow, type SplitName } from '@sofd/core';
import type { Dataset } from '../dataset.js';
import { joinBatch, type Normalisation, normaliseImages } from './fill-batch.js';
import { resizeToSquare } from './image-cache.js';

/** All rows of a split and their images. */
export interface LoadedSplit extends Batch {
  readonly rows: readonly DatasetRow[];
}

/**
 * Loads a whole split, for evaluation; rows in the order of their ids.
 *
 * @param dataset where rows and images come from
 * @param split which part
 * @param options side of the images, mean and deviation: values are `(v / 255 - mean) / std`
 * @returns images `[rows, imageSize, imageSize, 3]` and targets `[rows, labels]`, float32
 * @throws DatasetError where the split is empty
 *
 * @example
 * ```ts
 * const { images, size, rows } = await loadSplit(dataset, 'test', { imageSize: 224, mean, std });
 * ```
 */
export async function loadSplit(dataset: Dataset, split: SplitName, options: Normalisation): Promise<LoadedSplit> {
  const rows = dataset.split(split);
  if (rows.length === 0) {
    throw new DatasetError(
      `loadSplit: expected rows in the split ${split}, got none; expand more people, or use another split`,
    );
  }
  const { imageSize } = options;
  const items = [];
  for (const row of rows) items.push({ image: resizeToSquare(await dataset.load(row), imageSize), tone: null });
  return { ...joinBatch(rows, normaliseImages(items, options), imageSize), rows };
}

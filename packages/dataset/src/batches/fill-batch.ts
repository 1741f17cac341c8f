import type { Batch, DatasetRow } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import type { Tone } from './augmentation.js';

/** How values are scaled. */
export interface Normalisation {
  readonly imageSize: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** The 256 values that a channel's bytes become. */
function computeTable(tone: Tone | null, mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const toned = tone === null ? byte : Math.min(255, Math.max(0, (byte - 128) * tone.gain + 128 + tone.offset));
    return (toned / 255 - mean) / std;
  });
}

/**
 * Lays images out for training: `(v / 255 - mean) / std`.
 *
 * @param items images of `imageSize` pixels a side, and what is done to their brightness and contrast
 * @param normalisation size, mean and deviation
 * @returns `[items, imageSize, imageSize, 3]`
 */
export function normaliseImages(
  items: readonly { readonly image: PixelImage; readonly tone: Tone | null }[],
  { imageSize, mean, std }: Normalisation,
): Float32Array<ArrayBuffer> {
  const images = new Float32Array(items.length * imageSize * imageSize * 3); // [items, imageSize, imageSize, 3]
  items.forEach(({ image: { data }, tone }, item) => {
    const [red, green, blue] = [0, 1, 2].map((c) => computeTable(tone, mean[c]!, std[c]!)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const start = item * imageSize * imageSize * 3;
    for (let i = 0; i < data.length; i += 3) {
      images[start + i] = red[data[i]!]!;
      images[start + i + 1] = green[data[i + 1]!]!;
      images[start + i + 2] = blue[data[i + 2]!]!;
    }
  });
  return images;
}

/**
 * Joins images with the targets of their rows.
 *
 * @param rows what the images show, in order
 * @param images `[rows, imageSize, imageSize, 3]`
 */
export function joinBatch(rows: readonly DatasetRow[], images: Float32Array, imageSize: number): Batch {
  const labels = rows[0]?.targets.length ?? 0;
  const targets = new Float32Array(rows.length * labels); // [rows, labels]
  rows.forEach((row, place) => {
    targets.set(row.targets, place * labels);
  });
  return { images, targets, size: rows.length, imageSize, ids: rows.map(({ id }) => id) };
}

import type { Batch, DatasetRow } from '@sofd/core';
import type { PixelImage } from '@sofd/face';

/** A change of contrast about middle grey, then of brightness in grey levels. */
export interface Tone {
  readonly gain: number;
  readonly offset: number;
}

/** An image of a batch. */
export interface BatchItem {
  readonly row: DatasetRow;
  readonly image: PixelImage;
  readonly tone: Tone | null;
}

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
 * Lays images and targets out for training: `(v / 255 - mean) / std`.
 *
 * @param items images of `imageSize` pixels a side
 * @param normalisation size, mean and deviation
 */
export function fillBatch(items: readonly BatchItem[], { imageSize, mean, std }: Normalisation): Batch {
  const labels = items[0]?.row.targets.length ?? 0;
  const images = new Float32Array(items.length * imageSize * imageSize * 3); // [size, imageSize, imageSize, 3]
  const targets = new Float32Array(items.length * labels); // [size, labels]
  items.forEach(({ row, image, tone }, item) => {
    const tables = [0, 1, 2].map((c) => computeTable(tone, mean[c]!, std[c]!)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const start = item * imageSize * imageSize * 3;
    const { data } = image;
    for (let i = 0; i < data.length; i += 3) {
      images[start + i] = tables[0][data[i]!]!;
      images[start + i + 1] = tables[1][data[i + 1]!]!;
      images[start + i + 2] = tables[2][data[i + 2]!]!;
    }
    targets.set(row.targets, item * labels);
  });
  return { images, targets, size: items.length, imageSize, ids: items.map(({ row }) => row.id) };
}

import type { DatasetRow } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import { type Augmentation, findCorruption } from './augmentation.js';
import { type Normalisation, normaliseImages } from './fill-batch.js';
import { createImageCache, type ImageCache, resizeToSquare } from './image-cache.js';

/** Bytes of decoded images that are kept in memory where nothing else is said: 256 MiB. */
export const defaultCacheBytes: number = 256 * 2 ** 20;

/** An image as a data set stores it. */
export type StoredImage = Pick<DatasetRow, 'id' | 'file_name'>;

/** An image and what is done to it. */
export interface BatchImage extends StoredImage {
  readonly augmentation: Augmentation;
}

/** Makes the images of batches: decodes, augments, resizes, normalises. */
export interface ImageLoader {
  /**
   * @param images which, and what is done to each; the same image may be there twice
   * @param normalisation size, mean and deviation
   * @returns `[images, imageSize, imageSize, 3]`, float32; the caller's own
   */
  load(images: readonly BatchImage[], normalisation: Normalisation): Promise<Float32Array<ArrayBuffer>>;
}

/** An image in its final size. */
async function readImage(cache: ImageCache<StoredImage>, image: BatchImage, imageSize: number): Promise<PixelImage> {
  const corrupt = findCorruption(image.augmentation.corruptionSeed);
  if (corrupt === null) return await cache.read(image, imageSize);
  return resizeToSquare(await corrupt(await cache.read(image, null)), imageSize);
}

/**
 * Creates a loader that works in this thread.
 *
 * @param load reads and decodes an image
 * @param cache most bytes of decoded images kept in memory
 */
export function createImageLoader(load: (image: StoredImage) => Promise<PixelImage>, cache: number): ImageLoader {
  const images = createImageCache(load, cache);
  return {
    async load(planned, normalisation) {
      const items = await Promise.all(
        planned.map(async (image) => ({
          image: await readImage(images, image, normalisation.imageSize),
          tone: image.augmentation.tone,
        })),
      );
      return normaliseImages(items, normalisation);
    },
  };
}

import type { DatasetRow } from '@sofd/core';
import { type PixelImage, resizeBicubic } from '@sofd/face';
import type { Dataset } from '../dataset.js';

/** Keeps decoded images of one size in memory, as bytes, up to a limit; the longest unused leave first. */
export interface ImageCache {
  /** RGB bytes of a row's image, `[imageSize, imageSize, 3]`. */
  read(row: DatasetRow): Promise<PixelImage>;
}

/**
 * Creates a cache in front of a data set.
 *
 * @param dataset where images come from
 * @param options side of the images in pixels, and the limit in bytes
 */
export function createImageCache(
  dataset: Dataset,
  { imageSize, maxBytes }: { readonly imageSize: number; readonly maxBytes: number },
): ImageCache {
  const images = new Map<string, PixelImage>();
  const capacity = Math.floor(maxBytes / (3 * imageSize * imageSize));
  return {
    async read(row) {
      const cached = images.get(row.id);
      images.delete(row.id);
      const image = cached ?? fit(await dataset.load(row), imageSize);
      images.set(row.id, image);
      if (images.size > capacity) images.delete(images.keys().next().value!);
      return image;
    },
  };
}

function fit(image: PixelImage, size: number): PixelImage {
  if (image.width === size && image.height === size) return image;
  return resizeBicubic(image, { width: size, height: size });
}

import { type PixelImage, resizeBicubic } from '@sofd/face';

/** Keeps decoded images in memory, as bytes, up to a limit; the longest unused leave first. */
export interface ImageCache<Row extends { readonly id: string }> {
  /**
   * RGB bytes of a row's image.
   *
   * @param size side that it is resized to; `null` as it is stored
   */
  read(row: Row, size: number | null): Promise<PixelImage>;
}

/**
 * Creates a cache in front of a store of images.
 *
 * @param load reads and decodes an image
 * @param maxBytes the limit
 */
export function createImageCache<Row extends { readonly id: string }>(
  load: (row: Row) => Promise<PixelImage>,
  maxBytes: number,
): ImageCache<Row> {
  const images = new Map<string, PixelImage>();
  let bytes = 0;
  const forget = (key: string) => {
    bytes -= images.get(key)?.data.length ?? 0;
    images.delete(key);
  };
  return {
    async read(row, size) {
      const key = `${size}/${row.id}`;
      const image = images.get(key) ?? resizeToSquare(await load(row), size);
      forget(key);
      images.set(key, image);
      bytes += image.data.length;
      while (bytes > maxBytes) forget(images.keys().next().value!);
      return image;
    },
  };
}

/** Resizes an image to a square, bicubically as CLIP does; `null` leaves it as it is. */
export function resizeToSquare(image: PixelImage, size: number | null): PixelImage {
  if (size === null || (image.width === size && image.height === size)) return image;
  return resizeBicubic(image, { width: size, height: size });
}

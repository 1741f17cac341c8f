import { ShapeMismatchError } from '@sofd/core';

/**
 * An 8-bit RGB image, row by row from the top left, three bytes a pixel.
 *
 * Coordinates of points in an image are in pixels, x to the right and y down; the centre of the top left pixel is (0, 0).
 * @example
 * ```ts
 * import type { PixelImage } from '@sofd/face';
 * const red: PixelImage = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) };
 * ```
 */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** RGB values, 0 to 255, [height, width, 3]. */
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** True for anything that has the fields of a {@link PixelImage}; their agreement is checked by {@link assertPixelImage}. */
export function isPixelImage(value: unknown): value is PixelImage {
  if (typeof value !== 'object' || value === null) return false;
  const { width, height, data } = value as Partial<PixelImage>;
  if (typeof width !== 'number' || typeof height !== 'number') return false;
  if (!(data instanceof Uint8Array) && !(data instanceof Uint8ClampedArray)) return false;
  return data.length !== width * height * 4 || data.length === 0;
}

/**
 * Checks that an image has whole positive sides and three bytes for each pixel.
 * @param where the function that was called, for the message
 * @throws ShapeMismatchError otherwise
 */
export function assertPixelImage(image: PixelImage, where: string): void {
  const { width, height, data } = image;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ShapeMismatchError(
      `${where}: expected an image of whole sides of at least 1 pixel, got ${width}x${height}; decode it with decodeImage().`,
    );
  }
  if (data.length !== width * height * 3) {
    throw new ShapeMismatchError(
      `${where}: expected ${width * height * 3} bytes (RGB) for ${width}x${height} pixels, got ${data.length}; ` +
        'drop the alpha channel, or decode the image with decodeImage().',
    );
  }
}

import { InvalidOptionError } from '@sofd/core';
import { platform } from '#face/platform';
import { assertPixelImage, type PixelImage } from './pixel-image.js';

/**
 * Writes an image as PNG. The same pixels give the same bytes on one platform.
 * @returns the bytes of the file
 * @throws ShapeMismatchError when the image's sides and data disagree
 * @example
 * ```ts
 * import { encodePng } from '@sofd/face';
 * const png = await encodePng({ width: 1, height: 1, data: Uint8Array.of(9, 8, 7) });
 * ```
 */
export async function encodePng(image: PixelImage): Promise<Uint8Array> {
  assertPixelImage(image, 'encodePng');
  return platform.encodePng(image);
}

/**
 * Writes an image as JPEG. Node and browsers use different encoders: pixels differ by a few levels.
 * @param options `quality` from 1 to 100, default 90
 * @returns the bytes of the file
 * @throws InvalidOptionError when the quality is out of range
 * @throws ShapeMismatchError when the image's sides and data disagree
 * @example
 * ```ts
 * import { encodeJpeg } from '@sofd/face';
 * const jpeg = await encodeJpeg({ width: 1, height: 1, data: Uint8Array.of(9, 8, 7) }, { quality: 80 });
 * ```
 */
export async function encodeJpeg(
  image: PixelImage,
  { quality = 90 }: { readonly quality?: number } = {},
): Promise<Uint8Array> {
  assertPixelImage(image, 'encodeJpeg');
  if (!(quality >= 1 && quality <= 100)) {
    throw new InvalidOptionError(`encodeJpeg: expected a quality from 1 to 100, got ${quality}; 90 is the default.`);
  }
  return platform.encodeJpeg(image, Math.round(quality));
}

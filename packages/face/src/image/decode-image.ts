import { ImageDecodeError, InvalidOptionError } from '@sofd/core';
import { platform } from '#face/platform';
import type { EncodedImage } from '../platform/platform.js';
import { isTruncatedJpeg, readImageHeader } from './image-header.js';
import { assertPixelImage, isPixelImage, type PixelImage } from './pixel-image.js';
import { assertAcceptableSize } from './size-limit.js';

/**
 * Anything that holds an image: a path or `file:` URL (Node), an URL (browsers), the bytes of a file, pixels, or what a page
 * can draw.
 */
export type ImageSource =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | PixelImage
  | ImageData
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap;

/** Limits of {@link decodeImage}. */
export interface DecodeOptions {
  /** Larger images are refused before they are decoded. Default 50 million. */
  readonly maxPixels?: number;
}

async function readEncoded(source: ImageSource): Promise<EncodedImage | null> {
  if (typeof source === 'string' || source instanceof URL) return platform.readSource(source);
  if (source instanceof Uint8Array) return { bytes: source, name: 'the buffer' };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), name: 'the buffer' };
  if (typeof Blob !== 'undefined' && source instanceof Blob) {
    const name = 'name' in source && typeof source.name === 'string' ? source.name : 'the blob';
    return { bytes: new Uint8Array(await source.arrayBuffer()), name };
  }
  return null;
}

function assertReadable({ bytes, name }: EncodedImage, maxPixels: number): void {
  if (bytes.length === 0) {
    throw new ImageDecodeError(`decodeImage: expected an image, ${name} is empty; check how the file was written.`);
  }
  const header = readImageHeader(bytes);
  if (!header) return;
  assertAcceptableSize(header.size, maxPixels, name);
  if (header.format === 'jpeg' && isTruncatedJpeg(bytes)) {
    throw new ImageDecodeError(
      `decodeImage: expected a whole JPEG, ${name} ends before its end marker (${bytes.length} bytes); copy or download it again.`,
    );
  }
}

/**
 * Reads an image as 8-bit RGB.
 *
 * The EXIF orientation is applied, colours are converted to sRGB, 16-bit values to 8 bits, CMYK and grey to RGB. Transparency is
 * dropped, not blended: a pixel keeps the colour stored for it. Of an animation the first frame is taken.
 * @param source path, URL, bytes, blob, pixels or drawable object
 * @param options `maxPixels`: limit of width times height
 * @returns RGB pixels
 * @throws ImageDecodeError when there is no such file, or it is not an image, or it is cut off
 * @throws ImageSizeError when the header claims more than `maxPixels`
 * @example
 * ```ts
 * import { decodeImage, encodePng } from '@sofd/face';
 * const png = await encodePng({ width: 1, height: 1, data: Uint8Array.of(9, 8, 7) });
 * (await decodeImage(png)).data; // [9, 8, 7]
 * ```
 */
export async function decodeImage(source: ImageSource, { maxPixels = 50e6 }: DecodeOptions = {}): Promise<PixelImage> {
  if (!(maxPixels >= 1)) {
    throw new InvalidOptionError(
      `decodeImage: expected maxPixels to be at least 1, got ${maxPixels}; leave it out for 50 million.`,
    );
  }
  const encoded = await readEncoded(source);
  if (encoded) {
    assertReadable(encoded, maxPixels);
    return platform.decode(encoded, maxPixels);
  }
  if (isPixelImage(source)) {
    assertPixelImage(source, 'decodeImage');
    assertAcceptableSize(source, maxPixels, 'the pixel image');
    return source;
  }
  const drawn = typeof source === 'object' && source !== null ? await platform.readDrawable(source, maxPixels) : null;
  if (drawn) return drawn;
  throw new ImageDecodeError(
    `decodeImage: expected a path, URL, bytes, blob, pixels or a drawable object, got ${describe(source)}; read the file into a Uint8Array.`,
  );
}

function describe(value: unknown): string {
  return value === null || typeof value !== 'object' ? String(value) : (value.constructor?.name ?? 'an object');
}

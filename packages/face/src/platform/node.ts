import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BackendUnavailableError, ImageDecodeError } from '@sofd/core';
import sharp from 'sharp';
import type { PixelImage } from '../image/pixel-image.js';
import { assertAcceptableSize } from '../image/size-limit.js';
import type { EncodedImage, ModelFile, Platform } from './platform.js';

// Drawings have no pixels of their own: their size would be a guess.
const vectorFormats = new Set(['svg', 'pdf']);

async function readSource(source: string | URL): Promise<EncodedImage> {
  const text = String(source);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^file:/i.test(text)) {
    throw new ImageDecodeError(
      `decodeImage: expected a path or a file: URL in Node, got ${text}; fetch it and pass the bytes.`,
    );
  }
  if (/^data:/i.test(text)) {
    return { bytes: new Uint8Array(await (await fetch(text)).arrayBuffer()), name: 'the data: URL' };
  }
  const path = /^file:/i.test(text) ? fileURLToPath(text) : text;
  try {
    return { bytes: await readFile(path), name: path };
  } catch (cause) {
    throw new ImageDecodeError(
      `decodeImage: expected a readable file, got ${path} (${(cause as NodeJS.ErrnoException).code ?? 'unreadable'}); check the path.`,
      { cause },
    );
  }
}

async function decode({ bytes, name }: EncodedImage, maxPixels: number): Promise<PixelImage> {
  try {
    const pipeline = sharp(bytes, { failOn: 'truncated', limitInputPixels: false, pages: 1 });
    const { format, width, height } = await pipeline.metadata();
    if (vectorFormats.has(format)) {
      throw new ImageDecodeError(
        `decodeImage: expected a picture made of pixels, ${name} is ${format}; convert it to PNG.`,
      );
    }
    assertAcceptableSize({ width, height }, maxPixels, name);
    const { data, info } = await pipeline
      .rotate()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: toRgb(data, info.channels) };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.name.startsWith('Image')) throw cause;
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new ImageDecodeError(
      `decodeImage: expected an image that can be decoded (JPEG, PNG, WebP, AVIF, TIFF, GIF), ${name} is not one (${reason}); ` +
        'open it in a viewer, or convert it to PNG.',
      { cause },
    );
  }
}

function toRgb(data: Buffer, channels: number): Uint8ClampedArray {
  if (channels === 3) return new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  const pixels = data.length / channels;
  const output = new Uint8ClampedArray(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    for (let channel = 0; channel < 3; channel++)
      output[i * 3 + channel] = data[i * channels + (channels < 3 ? 0 : channel)]!;
  }
  return output;
}

function fromPixels({ width, height, data }: PixelImage) {
  return sharp(new Uint8Array(data.buffer, data.byteOffset, data.length), { raw: { width, height, channels: 3 } });
}

async function readModelFile(file: ModelFile, assets: string | undefined): Promise<Uint8Array> {
  const base = assets === undefined ? new URL('../../models/', import.meta.url) : toFolderUrl(assets);
  const url = new URL(file, base);
  try {
    return await readFile(url);
  } catch (cause) {
    throw new BackendUnavailableError(
      `createFaceFinder: expected the model file ${file} in ${fileURLToPath(base)}, could not read it; ` +
        'install @sofd/face again, or run node tools/assets.mjs in a checkout.',
      { cause },
    );
  }
}

function toFolderUrl(assets: string): URL {
  const folder = assets.endsWith('/') ? assets : `${assets}/`;
  return /^file:/i.test(folder) ? new URL(folder) : new URL(folder, `file://${process.cwd()}/`);
}

/** Node: sharp decodes and encodes, files come from the disk. */
export const platform: Platform = {
  readSource,
  decode,
  readDrawable: async () => null,
  encodePng: async (image) => new Uint8Array(await fromPixels(image).png({ compressionLevel: 6 }).toBuffer()),
  encodeJpeg: async (image, quality) =>
    new Uint8Array(await fromPixels(image).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer()),
  readModelFile,
};

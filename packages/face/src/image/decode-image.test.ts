import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ImageDecodeError, ImageSizeError, InvalidOptionError, ShapeMismatchError } from '@sofd/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image.js';
import { encodeJpeg, encodePng } from './encode-image.js';
import type { PixelImage } from './pixel-image.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-face-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Smooth colours, so that JPEG keeps them to a few levels. */
function createGradient(width: number, height: number): PixelImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([(255 * x) / width, (255 * y) / height, 90], (y * width + x) * 3);
  }
  return { width, height, data };
}

const gradient = createGradient(64, 48);
const raw = (image: PixelImage) =>
  sharp(image.data as Uint8Array, { raw: { width: image.width, height: image.height, channels: 3 } });

function largestDifference(a: PixelImage, b: PixelImage): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let largest = 0;
  for (const [i, value] of a.data.entries()) largest = Math.max(largest, Math.abs(value - b.data[i]!));
  return largest;
}

/** A PNG of a few bytes whose header claims any size. */
function createPngHeader(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([8, 2, 0, 0, 0], 24);
  return bytes;
}

describe('decodeImage reads', () => {
  it('the same pixels from path, file URL, URL, buffer, array buffer and blob', async () => {
    const png = await encodePng(gradient);
    const path = join(folder, 'gradient.png');
    await writeFile(path, png);
    const url = pathToFileURL(path);
    const sources = [path, url, url.href, png, png.slice().buffer as ArrayBuffer, new Blob([png.slice()])];
    for (const source of sources) expect(largestDifference(await decodeImage(source), gradient)).toBe(0);
  });

  it('pixels as they are', async () => {
    expect(await decodeImage(gradient)).toBe(gradient);
  });

  it('one pixel', async () => {
    const pixel = { width: 1, height: 1, data: Uint8Array.of(9, 8, 7) };
    expect(Array.from((await decodeImage(await encodePng(pixel))).data)).toEqual([9, 8, 7]);
  });

  it.each([
    ['JPEG', () => encodeJpeg(gradient, { quality: 95 })],
    ['WebP', () => raw(gradient).webp({ quality: 95 }).toBuffer()],
    ['TIFF', () => raw(gradient).tiff({ compression: 'none' }).toBuffer()],
    ['AVIF', () => raw(gradient).avif({ quality: 95 }).toBuffer()],
  ])('%s', async (_, encode) => {
    // Lossy at quality 95: the codecs' colour subsampling moves a smooth gradient by a few levels.
    expect(largestDifference(await decodeImage(await encode()), gradient)).toBeLessThanOrEqual(8);
  });

  it('a photo as it was held: the EXIF orientation is applied', async () => {
    const turned = await raw(gradient).jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
    const image = await decodeImage(turned);
    expect([image.width, image.height]).toEqual([48, 64]);
    // Turned clockwise: the left bottom corner (no red, full green) comes to the left top.
    expect(image.data[0]).toBeLessThan(16);
    expect(image.data[1]).toBeGreaterThan(235);
  });

  it('CMYK as RGB', async () => {
    const cmyk = await raw(gradient).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const image = await decodeImage(cmyk);
    expect([image.width, image.height, image.data.length]).toEqual([64, 48, 64 * 48 * 3]);
    // Inks cannot print every colour: only what is where must hold.
    const red = (x: number, y: number) => image.data[(y * 64 + x) * 3]!;
    expect(red(60, 5) - red(3, 5)).toBeGreaterThan(100);
  });

  it('16 bits a channel as their high 8', async () => {
    const wide = Uint16Array.from(gradient.data, (value) => value * 257);
    const png = await sharp(wide, { raw: { width: 64, height: 48, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expect(largestDifference(await decodeImage(png), gradient)).toBeLessThanOrEqual(1);
  });

  it('grey as three equal channels', async () => {
    const grey = Uint8Array.from({ length: 64 * 48 }, (_, i) => i % 256);
    const png = await sharp(grey, { raw: { width: 64, height: 48, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).channels).toBe(1);
    expect(Array.from(await decodeImage(png).then(({ data }) => data.slice(297, 303)))).toEqual([
      99, 99, 99, 100, 100, 100,
    ]);
  });

  it('the colours under transparency, not blended with a background', async () => {
    const rgba = Uint8Array.of(200, 100, 50, 0, 10, 20, 30, 128);
    const png = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect(Array.from((await decodeImage(png)).data)).toEqual([200, 100, 50, 10, 20, 30]);
  });

  it('the first frame of an animation', async () => {
    const frames = Uint8Array.from({ length: 2 * 8 * 8 * 3 }, (_, i) => (i < 8 * 8 * 3 ? 250 : 5));
    const gif = await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .gif()
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    const image = await decodeImage(gif);
    expect([image.width, image.height]).toEqual([8, 8]);
    expect(image.data.every((value) => value > 240)).toBe(true);
  });
});

describe('decodeImage refuses', () => {
  it('what is not an image', async () => {
    const text = new TextEncoder().encode('This is a letter, not a photograph.');
    await expect(decodeImage(text)).rejects.toThrowError(ImageDecodeError);
    await expect(decodeImage(new Uint8Array())).rejects.toThrowError(/is empty/);
    await expect(decodeImage(42 as never)).rejects.toThrowError(ImageDecodeError);
    await expect(decodeImage(null as never)).rejects.toThrowError(ImageDecodeError);
  });

  it('a missing file, naming it', async () => {
    const path = join(folder, 'nobody.jpg');
    await expect(decodeImage(path)).rejects.toThrowError(ImageDecodeError);
    await expect(decodeImage(path)).rejects.toThrowError(/nobody\.jpg \(ENOENT\)/);
  });

  it('a drawing, whose size would be a guess', async () => {
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
    await expect(decodeImage(svg)).rejects.toThrowError(/made of pixels/);
  });

  it('an address on the network, which Node does not fetch by itself', async () => {
    await expect(decodeImage('https://example.org/face.jpg')).rejects.toThrowError(/fetch it and pass the bytes/);
  });

  it.each([0.2, 0.5, 0.95])('a JPEG cut off after %f of its bytes', async (share) => {
    const jpeg = await encodeJpeg(createGradient(300, 200));
    const cut = jpeg.subarray(0, Math.floor(jpeg.length * share));
    await expect(decodeImage(cut)).rejects.toThrowError(ImageDecodeError);
  });

  it('a PNG cut off in the middle', async () => {
    const png = await encodePng(createGradient(300, 200));
    await expect(decodeImage(png.subarray(0, png.length / 2))).rejects.toThrowError(ImageDecodeError);
  });

  it('20,000 x 20,000 pixels by the header, before decoding anything', async () => {
    const started = performance.now();
    await expect(decodeImage(createPngHeader(20_000, 20_000))).rejects.toThrowError(ImageSizeError);
    await expect(decodeImage(createPngHeader(20_000, 20_000))).rejects.toThrowError(
      /at most 50000000 pixels.*20000x20000/,
    );
    // Decoding 400 million pixels takes seconds.
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('more pixels than asked for, in every format whose header is known', async () => {
    const options = { maxPixels: 64 * 48 - 1 };
    for (const format of ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const) {
      const bytes = await raw(gradient).toFormat(format).toBuffer();
      await expect(decodeImage(bytes, options)).rejects.toThrowError(ImageSizeError);
      await expect(decodeImage(bytes, { maxPixels: 64 * 48 })).resolves.toMatchObject({ width: 64, height: 48 });
    }
    await expect(decodeImage(gradient, options)).rejects.toThrowError(ImageSizeError);
  });

  it('options and pixels that make no sense', async () => {
    await expect(decodeImage(gradient, { maxPixels: 0 })).rejects.toThrowError(InvalidOptionError);
    await expect(decodeImage({ ...gradient, width: 63 })).rejects.toThrowError(ShapeMismatchError);
    await expect(encodeJpeg(gradient, { quality: 0 })).rejects.toThrowError(InvalidOptionError);
    await expect(encodePng({ ...gradient, height: 0.5 })).rejects.toThrowError(ShapeMismatchError);
  });
});

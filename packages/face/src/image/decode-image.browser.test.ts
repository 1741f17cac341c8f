import { ImageDecodeError, ImageSizeError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image.js';
import { encodeJpeg, encodePng } from './encode-image.js';
import type { PixelImage } from './pixel-image.js';

function createGradient(width: number, height: number): PixelImage {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([(255 * x) / width, (255 * y) / height, 90], (y * width + x) * 3);
  }
  return { width, height, data };
}

const gradient = createGradient(64, 48);

/** Puts an EXIF orientation behind a JPEG's first marker. */
function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...tag, 0, 0, 0, 0];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif, ...jpeg.subarray(2)]);
}

describe('decodeImage in a browser', () => {
  it('reads PNG bytes, a blob, a blob URL, a canvas, an image and image data to the same pixels', async () => {
    const png = (await encodePng(gradient)).slice();
    const blob = new Blob([png]);
    const url = URL.createObjectURL(blob);
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d')!;
    context.drawImage(picture, 0, 0);
    const drawn = context.getImageData(0, 0, 64, 48);
    const bitmap = await createImageBitmap(blob);
    for (const source of [png, png.buffer, blob, url, picture, canvas, drawn, bitmap, gradient]) {
      expect(await decodeImage(source)).toEqual(gradient);
    }
  });

  it('applies the EXIF orientation', async () => {
    const image = await decodeImage(withOrientation(await encodeJpeg(gradient, { quality: 100 }), 6));
    expect([image.width, image.height]).toEqual([48, 64]);
    expect(image.data[0]).toBeLessThan(16);
    expect(image.data[1]).toBeGreaterThan(235);
  });

  it('keeps the colours under transparency', async () => {
    const canvas = new OffscreenCanvas(2, 1);
    const context = canvas.getContext('2d')!;
    context.putImageData(new ImageData(Uint8ClampedArray.of(200, 100, 50, 255, 255, 0, 51, 128), 2, 1), 0, 0);
    const png = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    const { data } = await decodeImage(png);
    // 255, 0 and 51 survive a multiplication by 128 / 255 and back; blended with black they would be halved.
    expect(Array.from(data)).toEqual([200, 100, 50, 255, 0, 52]);
  });

  it('refuses what is not an image, what is cut off, what is too large and what is not there', async () => {
    const jpeg = await encodeJpeg(createGradient(300, 200));
    await expect(decodeImage(new TextEncoder().encode('a letter'))).rejects.toThrowError(ImageDecodeError);
    await expect(decodeImage(jpeg.subarray(0, jpeg.length / 2))).rejects.toThrowError(ImageDecodeError);
    await expect(decodeImage(jpeg, { maxPixels: 100 })).rejects.toThrowError(ImageSizeError);
    await expect(decodeImage('/no-such-folder/nobody.jpg')).rejects.toThrowError(ImageDecodeError);
  });
});

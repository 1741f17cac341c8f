import type { Mask, PixelImage } from '@sofd/face';
import sharp, { type CreateRaw } from 'sharp';

// Fixed, so that one version of sharp writes the same bytes for the same pixels.
const options = { compressionLevel: 6, adaptiveFiltering: true, palette: false, progressive: false } as const;

async function encode(data: Uint8Array | Uint8ClampedArray, raw: CreateRaw): Promise<Uint8Array> {
  return await sharp(data, { raw }).png(options).toBuffer();
}

/** Encodes an RGB image as an 8-bit PNG without metadata; the same pixels give the same bytes. */
export function encodeImagePng({ width, height, data }: PixelImage): Promise<Uint8Array> {
  return encode(data, { width, height, channels: 3 });
}

/**
 * Encodes a mask as an 8-bit grey PNG. Rounds upwards: wherever an image was altered at all, its mask file is above 0.
 */
export function encodeMaskPng({ width, height, data }: Mask): Promise<Uint8Array> {
  const grey = Uint8Array.from(data, (value) => Math.ceil(255 * Math.min(1, value)));
  return sharp(grey, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png(options)
    .toBuffer();
}

import { decodeImage, encodeJpeg } from '@sofd/face';
import { type Corruption, getLevelValue } from './corruption.js';

const levels = [90, 80, 75] as const;

/**
 * JPEG compression, the recipe's `RealJPEG`: quality 90, 80 or 75.
 *
 * Node and browsers have different encoders: their pixels differ by a few levels.
 *
 * @example
 * ```ts
 * const image = { width: 4, height: 4, data: new Uint8Array(48) };
 * const compressed = await jpegCompression.apply(image, { level: 3, random: createRandom(7) });
 * ```
 */
export const jpegCompression: Corruption = {
  name: 'jpeg-compression',
  levels,
  apply: async (image, { level }) =>
    decodeImage(await encodeJpeg(image, { quality: getLevelValue(jpegCompression, level) })),
};

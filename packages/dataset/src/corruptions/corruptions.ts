import { InvalidOptionError, type Random } from '@sofd/core';
import { colorNoise } from './color-noise.js';
import type { Corruption } from './corruption.js';
import { gaussianBlur } from './gaussian-blur.js';
import { greyBlocks } from './grey-blocks.js';
import { jpegCompression } from './jpeg-compression.js';
import { pixelation } from './pixelation.js';

/** The corruptions of the published training recipe. */
export const corruptions: readonly Corruption[] = [greyBlocks, colorNoise, gaussianBlur, pixelation, jpegCompression];

/** What an image is to go through. */
export interface DrawnCorruption {
  readonly corruption: Corruption;
  readonly level: number;
}

/**
 * Draws what a training image goes through: nothing in most cases, else one corruption, each as likely, at one of its levels,
 * each as likely.
 *
 * @param random a stream of the image
 * @param options `probability` of any corruption, 0 to 1, 0.3 as published
 * @returns the corruption and its level, or null for none
 * @throws InvalidOptionError where the probability is none
 *
 * @example
 * ```ts
 * const image = { width: 4, height: 4, data: new Uint8Array(48) };
 * const random = createRandom(7).split('party.jpg');
 * const drawn = drawCorruption(random);
 * const seen = drawn === null ? image : await drawn.corruption.apply(image, { level: drawn.level, random });
 * ```
 */
export function drawCorruption(
  random: Random,
  { probability = 0.3 }: { readonly probability?: number } = {},
): DrawnCorruption | null {
  if (!(probability >= 0 && probability <= 1)) {
    throw new InvalidOptionError(
      `drawCorruption: expected a probability from 0 to 1, got ${probability}; 0.3 is usual.`,
    );
  }
  if (random.uniform() >= probability) return null;
  const corruption = random.pick(corruptions);
  return { corruption, level: 1 + random.integer(corruption.levels.length) };
}

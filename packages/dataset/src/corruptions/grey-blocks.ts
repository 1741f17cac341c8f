import type { Random } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import { type Corruption, getLevelValue } from './corruption.js';

const side = 8;
const grey = 128;

function coverBlocks({ width, height, data }: PixelImage, perUnit: number, random: Random): PixelImage {
  const output = Uint8ClampedArray.from(data);
  const blocks = Math.floor(Math.min(width, height) / 256) * perUnit;
  for (let block = 0; block < blocks; block++) {
    const x = random.integer(width - side);
    const y = random.integer(height - side);
    for (let row = y; row < y + side; row++) {
      output.fill(grey, 3 * (row * width + x), 3 * (row * width + x + side));
    }
  }
  return { width, height, data: output };
}

const levels = [16, 32] as const;

/**
 * Grey blocks of 8x8 pixels at random places, the recipe's `BW`: 16 or 32 for each whole 256 pixels of the short side, so
 * none on a smaller image.
 *
 * As in the recipe, the last column and the last row of pixels are never covered.
 *
 * @example
 * ```ts
 * const image = { width: 4, height: 4, data: new Uint8Array(48) };
 * const covered = await greyBlocks.apply(image, { level: 1, random: createRandom(7) });
 * ```
 */
export const greyBlocks: Corruption = {
  name: 'grey-blocks',
  levels,
  apply: async (image, { level, random }) => coverBlocks(image, getLevelValue(greyBlocks, level), random),
};

import { InvalidOptionError, type Random } from '@sofd/core';
import type { PixelImage } from '@sofd/face';

/** How strongly an image is corrupted, and by what chance. */
export interface CorruptionOptions {
  /** From 1, the mildest, to the number of the corruption's levels. */
  readonly level: number;
  /** Everything drawn comes from here: the same state gives the same bytes. */
  readonly random: Random;
}

/**
 * A loss of quality that says nothing about whether a face was altered: what files go through between cameras and viewers.
 * A detector is trained with them and judged under them.
 *
 * @example
 * ```ts
 * const image = { width: 4, height: 4, data: new Uint8Array(48) };
 * const blurred = await gaussianBlur.apply(image, { level: 2, random: createRandom(7) });
 * ```
 */
export interface Corruption {
  /** kebab-case. */
  readonly name: string;
  /** What the corruption is told at each level, mildest first: the side of a kernel, a variance, a quality. */
  readonly levels: readonly number[];
  /**
   * Makes a corrupted copy.
   *
   * @param image RGB, any size
   * @returns an image of the same size
   * @throws InvalidOptionError where there is no such level
   */
  apply(image: PixelImage, options: CorruptionOptions): Promise<PixelImage>;
}

/**
 * What a corruption is told at a level.
 *
 * @throws InvalidOptionError where there is no such level
 */
export function getLevelValue({ name, levels }: Pick<Corruption, 'name' | 'levels'>, level: number): number {
  const value = levels[level - 1];
  if (value !== undefined) return value;
  throw new InvalidOptionError(`${name}: expected a level from 1 to ${levels.length}, got ${level}; 1 is the mildest.`);
}

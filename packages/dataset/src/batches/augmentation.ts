import { createRandom, type Random } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import { drawCorruption } from '../corruptions/corruptions.js';
import type { PlannedRow } from './plan-epoch.js';

/** What training images may go through. */
export const augmentationNames = ['none', 'tone', 'corruptions'] as const;

/**
 * What training images go through.
 *
 * - `none`: nothing.
 * - `tone`: brightness and contrast, the same for a fake and its original.
 * - `corruptions`: the published recipe, see `drawCorruption`: three images in ten lose quality in one of five ways, each
 *   image by itself, before it is resized.
 */
export type AugmentationName = (typeof augmentationNames)[number];

/** A change of contrast about middle grey, then of brightness in grey levels. */
export interface Tone {
  readonly gain: number;
  readonly offset: number;
}

/** What was drawn for one image. Plain data, so that a thread can be told. */
export interface Augmentation {
  readonly tone: Tone | null;
  /** Seed of the stream that {@link findCorruption} draws from; `null` for an image that is left alone. */
  readonly corruptionSeed: string | null;
}

function drawTone(random: Random): Tone {
  return { gain: random.uniformBetween(0.9, 1.1), offset: random.uniformBetween(-12, 12) };
}

/**
 * Draws what happens to one place of an epoch.
 *
 * @param name which augmentation
 * @param place the row's group, and where in the epoch it stands
 * @param random stream of the epoch
 */
export function drawAugmentation(
  name: AugmentationName,
  { group, place }: Pick<PlannedRow, 'group'> & { readonly place: number },
  random: Random,
): Augmentation {
  return {
    tone: name === 'tone' ? drawTone(random.split('tone').split(group)) : null,
    corruptionSeed: name === 'corruptions' ? random.split('corruption').split(place).seed : null,
  };
}

/**
 * What the seed says is done to an image, `null` where that is nothing.
 *
 * @param seed of an {@link Augmentation}
 * @returns makes a corrupted copy of the image as it is stored: the corruptions come before the resizing
 */
export function findCorruption(seed: string | null): ((image: PixelImage) => Promise<PixelImage>) | null {
  if (seed === null) return null;
  const random = createRandom(seed);
  const drawn = drawCorruption(random);
  return drawn === null ? null : (image) => drawn.corruption.apply(image, { level: drawn.level, random });
}

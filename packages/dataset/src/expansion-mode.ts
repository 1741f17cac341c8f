import type { Random } from '@sofd/core';
import type { Mask, PixelImage } from '@sofd/face';
import type { ExpansionRegion } from './expansion-region.js';
import type { FaceSample } from './face-sample.js';

/** What an expansion mode works on. */
export interface ExpansionInput {
  /** The face that is altered. */
  readonly target: FaceSample;
  /** The face that a region is taken from, `null` for modes that need none. */
  readonly donor: FaceSample | null;
  /** The region that is altered. */
  readonly region: ExpansionRegion;
  /** Everything drawn comes from here: the same state gives the same bytes. */
  readonly random: Random;
}

/** What an expansion mode made. */
export interface ExpansionOutput {
  /** The altered crop, of the target's size. Equal to the target wherever the mask is 0. */
  readonly image: PixelImage;
  /** Soft mask of the alteration, `[height, width]` in 0..1. */
  readonly mask: Mask;
  /** The region that was altered. */
  readonly region: ExpansionRegion;
  /** Key of the annotation table that labels the image, as `expansion:eyes`. */
  readonly manipulation: string;
}

/**
 * A way of making new images out of aligned faces. A new mode is a new folder that exports one of these.
 *
 * @example
 * ```ts
 * const { image, mask } = regionSwap.expand({ target, donor, region: 'eyes', random: createRandom(7) });
 * ```
 */
export interface ExpansionMode {
  /** kebab-case name, stored in every row. */
  readonly name: string;
  /**
   * Whose pixels it takes besides the target's: nobody's; those of a face of another person; or those of the target's published
   * counterpart, its fake or its real, and of another person where it has none.
   */
  readonly donor: 'none' | 'person' | 'pair';
  /** The regions that it can alter, taken in turn. */
  readonly regions: readonly ExpansionRegion[];
  /**
   * Makes one image.
   *
   * @throws DatasetError where the input does not fit the mode (a missing donor, crops of different sizes)
   */
  expand(input: ExpansionInput): ExpansionOutput;
}

import type { CompositeOptions } from './composite-region.js';

/** Regions that can be pasted one at a time. */
export type PastedRegion = 'eyes' | 'mouth' | 'nose' | 'eyebrow' | 'skin';

/** What a mode that pastes regions may be told; a swap and its control have to be told the same. */
export interface PasteOptions extends CompositeOptions {
  /** kebab-case name, for a second mode beside the first. */
  readonly name?: string;
  /** The regions, taken in turn; eyes, mouth and nose unless told otherwise. */
  readonly regions?: readonly PastedRegion[];
  /** Standard deviation of the mask's soft edge as a part of the inter-ocular distance; 0.06 unless told otherwise. */
  readonly softness?: number;
}

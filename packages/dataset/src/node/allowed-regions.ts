import type { ExpansionMode } from '../expansion-mode.js';
import type { ExpansionRegion } from '../expansion-region.js';

/** The regions of a mode that may be altered, in the mode's order; `null` allows all. */
export const allowedRegions = (mode: ExpansionMode, allowed: readonly ExpansionRegion[] | null): ExpansionRegion[] =>
  mode.regions.filter((region) => allowed === null || allowed.includes(region));

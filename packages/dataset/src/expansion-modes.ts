import { blendOnly } from './blend-only/blend-only.js';
import type { ExpansionMode } from './expansion-mode.js';
import { regionSwap } from './region-swap/region-swap.js';

/** The modes that an expansion runs unless told otherwise. */
export const expansionModes: readonly ExpansionMode[] = [regionSwap, blendOnly];

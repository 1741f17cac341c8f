import { blendOnly } from './blend-only/blend-only.js';
import type { ExpansionMode } from './expansion-mode.js';
import { faceSwap } from './face-swap/face-swap.js';
import { regionSwap } from './region-swap/region-swap.js';
import { selfBlend } from './self-blend/self-blend.js';
import { warp } from './warp/warp.js';

/** The modes that an expansion runs unless told otherwise. */
export const expansionModes: readonly ExpansionMode[] = [regionSwap, blendOnly];

/** Every mode that can be named. */
export const allExpansionModes: readonly ExpansionMode[] = [...expansionModes, warp, faceSwap, selfBlend];

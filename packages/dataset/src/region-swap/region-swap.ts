import type { Mask } from '@sofd/face';
import { findMaskWindow, pasteImage } from '../blend/mask-window.js';
import type { PasteOptions } from '../blend/paste-options.js';
import { pasteRegion } from '../blend/paste-region.js';
import { warpWindow } from '../blend/warp-window.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import type { FaceSample } from '../face-sample.js';
import { alignRegion } from './align-region.js';
import { requireDonor } from './require-donor.js';

/** True for the published fake and real of one frame, which share their crop box. */
function isPair(first: FaceSample, second: FaceSample): boolean {
  return first.pair === second.id || second.pair === first.id;
}

function expand(input: ExpansionInput, name: string, options: PasteOptions): ExpansionOutput {
  const { target, region } = input;
  const donor = requireDonor(input, name);
  const paired = isPair(target, donor);
  const matrix = paired ? ([1, 0, 0, 0, 1, 0] as const) : alignRegion(donor.mesh, target.mesh, { region });
  const draw = (reached: Mask) => {
    const window = paired ? null : findMaskWindow(reached);
    return window === null ? donor.crop : pasteImage(donor.crop, warpWindow(donor.crop, matrix, window), window);
  };
  const pasted = pasteRegion(input, { face: donor, matrix, draw }, options);
  return { ...pasted, region, manipulation: `expansion:${region}` };
}

/**
 * Makes a mode that replaces one region of a face by the same region of another person, or of its published counterpart.
 *
 * The donor's region is aligned by region and face landmarks (a counterpart of the same frame lies in place already), its
 * colours are matched, and it is blended through the soft mask of `drawRegionMask` times a drawn ratio. Eyes, mouth and
 * nose are those of the paper. Eyebrow and skin are labelled as identity: see `faceForensicsAnnotations`.
 *
 * @param options regions, colour transfer, blend ratios and softness
 * @returns the mode
 *
 * @example
 * ```ts
 * const swap = createRegionSwap({ regions: ['eyebrow', 'skin'], colors: ['lab', 'seamless'] });
 * ```
 *
 * @see method.md section 8; L. Chen et al., "Self-supervised Learning of Adversarial Example", CVPR 2022
 */
export function createRegionSwap(options: PasteOptions = {}): ExpansionMode {
  const { name = 'region-swap', regions = ['eyes', 'mouth', 'nose'] } = options;
  return { name, donor: 'pair', regions, expand: (input) => expand(input, name, options) };
}

/** {@link createRegionSwap} as the paper's labels have it: eyes, mouth and nose. */
export const regionSwap: ExpansionMode = /* @__PURE__ */ createRegionSwap();

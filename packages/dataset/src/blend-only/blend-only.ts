import type { Mask } from '@sofd/face';
import type { PasteOptions } from '../blend/paste-options.js';
import { pasteRegion } from '../blend/paste-region.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import { drawPerturbation } from './draw-perturbation.js';

function expand(input: ExpansionInput, options: PasteOptions): ExpansionOutput {
  const { target, region, random } = input;
  const { matrix, apply } = drawPerturbation(target.crop, random.split('perturb'));
  const draw = (reached: Mask) => apply(target.crop, reached);
  const pasted = pasteRegion(input, { face: target, matrix, draw }, options);
  return { ...pasted, region, manipulation: 'expansion:blend-only' };
}

/**
 * Makes a mode that pastes a region of a face back into the same face after a small warp, resampling or colour change.
 *
 * Nothing that a person would call altered is, so every label is 0: the control that tells a detector of blending apart from
 * a detector of semantics. It goes through the same mask, colour transfer and blend as the region swap; give it the options of
 * the swap that it controls.
 *
 * @param options regions, colour transfer, blend ratios and softness
 * @returns the mode
 *
 * @example
 * ```ts
 * const options = { colors: ['seamless'] } as const;
 * const modes = [createRegionSwap(options), createBlendOnly(options)];
 * ```
 *
 * @see method.md section 8; K. Shiohara, T. Yamasaki, "Detecting Deepfakes with Self-Blended Images", CVPR 2022
 */
export function createBlendOnly(options: PasteOptions = {}): ExpansionMode {
  const { name = 'blend-only', regions = ['eyes', 'mouth', 'nose'] } = options;
  return { name, donor: 'none', regions, expand: (input) => expand(input, options) };
}

/** {@link createBlendOnly} for the default region swap. */
export const blendOnly: ExpansionMode = /* @__PURE__ */ createBlendOnly();

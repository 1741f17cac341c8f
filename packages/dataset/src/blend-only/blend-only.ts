import { drawRegionMask, transformPoints } from '@sofd/face';
import { combineMasks, limitMaskToImage } from '../blend/combine-masks.js';
import { compositeRegion } from '../blend/composite-region.js';
import { excludeHair } from '../blend/exclude-hair.js';
import type { PasteOptions } from '../blend/paste-options.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import { drawPerturbation } from './draw-perturbation.js';

function expand({ target, region, random }: ExpansionInput, options: PasteOptions): ExpansionOutput {
  const { width, height } = target.crop;
  const { matrix, apply } = drawPerturbation(target.crop, random.split('perturb'));
  const draw = (mesh: Float32Array) =>
    drawRegionMask(mesh, region, { width, height, random: random.split('mask'), softness: options.softness });
  const moved = transformPoints(target.mesh, matrix);
  const reached = limitMaskToImage(combineMasks(draw(target.mesh), draw(moved)), target.crop, matrix);
  const source = apply(target.crop, reached);
  const mask = region === 'skin' ? excludeHair(reached, source, moved) : reached;
  const image = compositeRegion(target.crop, source, { ...options, mask, random: random.split('composite') });
  return { image, mask, region, manipulation: 'expansion:blend-only' };
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

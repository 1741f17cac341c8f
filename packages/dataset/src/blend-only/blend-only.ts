import { drawRegionMask, transformPoints } from '@sofd/face';
import { combineMasks, limitMaskToImage } from '../blend/combine-masks.js';
import { compositeRegion } from '../blend/composite-region.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import { perturbFace } from './perturb-face.js';

function expand({ target, region, random }: ExpansionInput): ExpansionOutput {
  const { width, height } = target.crop;
  const { image: source, matrix } = perturbFace(target.crop, random.split('perturb'));
  const draw = (mesh: Float32Array) => drawRegionMask(mesh, region, { width, height, random: random.split('mask') });
  const union = combineMasks(draw(target.mesh), draw(transformPoints(target.mesh, matrix)));
  const mask = limitMaskToImage(union, target.crop, matrix);
  const image = compositeRegion(target.crop, source, { mask, random: random.split('composite') });
  return { image, mask, region, manipulation: 'expansion:blend-only' };
}

/**
 * Pastes a region of a face back into the same face after a small warp, resampling or colour change.
 *
 * Nothing that a person would call altered is, so every label is 0: the control that tells a detector of blending apart from
 * a detector of semantics. It goes through the same mask, colour transfer and blend as the region swap.
 *
 * @see method.md section 8; K. Shiohara, T. Yamasaki, "Detecting Deepfakes with Self-Blended Images", CVPR 2022
 */
export const blendOnly: ExpansionMode = { name: 'blend-only', needsDonor: false, expand };

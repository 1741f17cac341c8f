import { drawRegionMask } from '@sofd/face';
import { limitMaskToImage } from '../blend/combine-masks.js';
import { compositeRegion } from '../blend/composite-region.js';
import { drawPerturbation } from '../blend-only/draw-perturbation.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import { deformMask } from './elastic-mask.js';

/** Half of the blends show the whole source; the others are harder. */
const blendRatios = [0.25, 0.5, 0.75, 1, 1, 1] as const;

function expand({ target, region, random }: ExpansionInput): ExpansionOutput {
  const { width, height } = target.crop;
  const { matrix, apply } = drawPerturbation(target.crop, random.split('perturb'), { always: 'color' });
  const drawn = drawRegionMask(target.mesh, region, { width, height, random: random.split('mask') });
  const mask = limitMaskToImage(deformMask(drawn, random.split('deform')), target.crop, matrix);
  const source = apply(target.crop, mask);
  // Colours are not matched: their difference is what a detector is to learn.
  const colors = ['none'] as const;
  const image = compositeRegion(target.crop, source, { mask, random: random.split('composite'), colors, blendRatios });
  return { image, mask, region, manipulation: 'expansion:self-blend' };
}

/**
 * Blends a face with a slightly shifted, recoloured copy of itself through an elastically deformed mask: training images that
 * hold the trace of blending and nothing else.
 *
 * The published method draws which of the two copies is changed; here the pasted one always is, because outside of the mask the
 * crop is left as it is. The image is labelled fake with no attribute: two processings meet in it, but no region is another.
 * Do not train with it beside `blend-only`, which calls the same trace real.
 *
 * @see K. Shiohara, T. Yamasaki, "Detecting Deepfakes with Self-Blended Images", CVPR 2022
 */
export const selfBlend: ExpansionMode = {
  name: 'self-blend',
  donor: 'none',
  regions: ['face', 'eyes', 'mouth', 'nose'],
  expand,
};

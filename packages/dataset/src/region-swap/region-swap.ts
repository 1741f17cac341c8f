import { DatasetError } from '@sofd/core';
import { drawRegionMask, transformPoints, warpAffine } from '@sofd/face';
import { combineMasks, limitMaskToImage } from '../blend/combine-masks.js';
import { compositeRegion } from '../blend/composite-region.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import { alignRegion } from './align-region.js';

function expand({ target, donor, region, random }: ExpansionInput): ExpansionOutput {
  if (donor === null) {
    throw new DatasetError(
      `regionSwap.expand: expected a donor for the ${region} of ${target.id}, got null; pass a face of another person of the same split`,
    );
  }
  const { width, height } = target.crop;
  if (donor.crop.width !== width || donor.crop.height !== height) {
    throw new DatasetError(
      `regionSwap.expand: expected a donor crop of ${width}x${height} pixels as ${target.id} has, got ` +
        `${donor.crop.width}x${donor.crop.height} of ${donor.id}; crop both faces to one size`,
    );
  }
  const matrix = alignRegion(donor.mesh, target.mesh, { region });
  // The same draws for both outlines: the union hides the target's region and shows the whole of the donor's.
  const draw = (mesh: Float32Array) => drawRegionMask(mesh, region, { width, height, random: random.split('mask') });
  const union = combineMasks(draw(target.mesh), draw(transformPoints(donor.mesh, matrix)));
  const mask = limitMaskToImage(union, donor.crop, matrix);
  const source = warpAffine(donor.crop, matrix, { width, height });
  const image = compositeRegion(target.crop, source, { mask, random: random.split('composite') });
  return { image, mask, region, manipulation: `expansion:${region}` };
}

/**
 * Replaces one region of a face by the same region of another person.
 *
 * The donor's region is aligned by region and face landmarks, its colours are matched inside the mask, and it is blended
 * through the soft mask of {@link drawRegionMask} with a ratio of {0.75, 1, 1, 1}.
 *
 * @see method.md section 8; L. Chen et al., "Self-supervised Learning of Adversarial Example", CVPR 2022
 */
export const regionSwap: ExpansionMode = { name: 'region-swap', needsDonor: true, expand };

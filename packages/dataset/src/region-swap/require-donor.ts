import { DatasetError } from '@sofd/core';
import type { ExpansionInput } from '../expansion-mode.js';
import type { FaceSample } from '../face-sample.js';

/**
 * The donor of an input.
 *
 * @throws DatasetError where there is none, or where its crop has another size than the target's
 */
export function requireDonor({ target, donor, region }: ExpansionInput, mode: string): FaceSample {
  if (donor === null) {
    throw new DatasetError(
      `${mode}.expand: expected a donor for the ${region} of ${target.id}, got null; pass a face of another person of the same split`,
    );
  }
  const { width, height } = target.crop;
  if (donor.crop.width !== width || donor.crop.height !== height) {
    throw new DatasetError(
      `${mode}.expand: expected a donor crop of ${width}x${height} pixels as ${target.id} has, got ` +
        `${donor.crop.width}x${donor.crop.height} of ${donor.id}; crop both faces to one size`,
    );
  }
  return donor;
}

import { DatasetError, type MeasuredChange } from '@sofd/core';
import { computeCosineSimilarity, type ExpressionProbabilities } from '@sofd/face';
import type { DescribedCrop } from './describe-crop.js';
import { measureMeshShift } from './mesh-shift.js';
import { compareRegions } from './region-difference.js';

/** Total variation of two distributions. */
function compareExpressions(real: ExpressionProbabilities, altered: ExpressionProbabilities): number {
  const names = Object.keys(real) as (keyof ExpressionProbabilities)[];
  const sum = names.reduce((total, name) => total + Math.abs(altered[name] - real[name]), 0);
  // Sums of float32 probabilities may be over 1 by their rounding.
  return Math.min(1, sum / 2);
}

/** The smaller turn between two angles, -180..180 degrees. */
const turnBetween = (from: number, to: number): number => ((((to - from + 180) % 360) + 360) % 360) - 180;

function comparePlaces(real: DescribedCrop['found'], altered: DescribedCrop['found']) {
  if (real === null || altered === null) return { yaw: null, pitch: null, roll: null, lipShift: null, browShift: null };
  const { lips, brows } = measureMeshShift(real.mesh, altered.mesh);
  return {
    yaw: turnBetween(real.pose.yaw, altered.pose.yaw),
    pitch: turnBetween(real.pose.pitch, altered.pose.pitch),
    roll: turnBetween(real.pose.roll, altered.pose.roll),
    lipShift: lips,
    browShift: brows,
  };
}

/**
 * Measures what two images of one face differ in: who it is like, what it expresses, how old and of which gender it appears, how
 * it is turned, how lips and brows moved, and how much each region's pixels changed.
 *
 * @param real the real crop, described
 * @param altered a crop of the same size cut by the same box, described at the same mesh
 * @param mesh of the real face in crop pixels, `[468 or more, 2]`: where the regions are
 * @returns plain numbers; units and ranges as {@link MeasuredChange} says
 * @throws DatasetError where the crops differ in size
 *
 * @example
 * ```ts
 * await useBackend(wasm());
 * const finder = await createFaceFinder();
 * const { image } = warp.expand({ target, donor: null, region: 'mouth', random: createRandom(7) });
 * const real = await describeCrop(finder, target.crop, target.mesh);
 * const change = measureChange(real, await describeCrop(finder, image, target.mesh), target.mesh);
 * change.lipDifference > change.backgroundDifference; // true
 * ```
 *
 * @see method.md section 8
 */
export function measureChange(real: DescribedCrop, altered: DescribedCrop, mesh: Float32Array): MeasuredChange {
  const [first, second] = [real.crop, altered.crop];
  if (first.width !== second.width || first.height !== second.height) {
    throw new DatasetError(
      `measureChange: expected crops of one size, got ${first.width} x ${first.height} and ${second.width} x ${second.height}; ` +
        'cut both by the same box',
    );
  }
  const { eyes, eyebrow, lip, mouth, nose, skin, background } = compareRegions(first, second, mesh);
  return {
    // Two equal descriptors may have a cosine over 1 by rounding.
    identity: Math.max(0, 1 - computeCosineSimilarity(real.descriptor, altered.descriptor)),
    expression: compareExpressions(real.expression, altered.expression),
    age: altered.age - real.age,
    gender: altered.femaleProbability - real.femaleProbability,
    ...comparePlaces(real.found, altered.found),
    eyeDifference: eyes,
    eyebrowDifference: eyebrow,
    lipDifference: lip,
    mouthDifference: mouth,
    noseDifference: nose,
    skinDifference: skin,
    backgroundDifference: background,
  };
}

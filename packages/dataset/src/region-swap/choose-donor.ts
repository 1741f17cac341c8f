import type { Random } from '@sofd/core';
import { compareText } from '../compare-text.js';
import type { ExpansionRegion } from '../expansion-region.js';
import type { FaceSample } from '../face-sample.js';
import { alignRegion } from './align-region.js';
import { alignmentPoints } from './alignment-points.js';

/** A donor is drawn from this part of the candidates, the most similar ones, and from no fewer than {@link leastChoice}. */
const nearestPart = 0.25;
const leastChoice = 2;

/** Weights that bring the parts to a common scale: percent of the crop's width. */
const distortionWeight = 0.05;
const shapeWeight = 0.3;
const toneWeight = 0.05;

/** Mesh points on forehead and cheeks, where there is skin whatever the face does. */
const skinPoints = [9, 151, 50, 280, 101, 330, 205, 425] as const;

/** Colour of the skin at {@link skinPoints}, `[points, 3]` in 0..255: lights differ from cheek to cheek. */
function measureTones({ crop, mesh }: FaceSample): number[] {
  const radius = Math.max(1, Math.round(crop.width / 80));
  return skinPoints.flatMap((point) => {
    const centerX = Math.round(mesh[2 * point]!);
    const centerY = Math.round(mesh[2 * point + 1]!);
    const sum = [0, 0, 0];
    let count = 0;
    for (let y = Math.max(0, centerY - radius); y <= Math.min(crop.height - 1, centerY + radius); y++) {
      for (let x = Math.max(0, centerX - radius); x <= Math.min(crop.width - 1, centerX + radius); x++) {
        for (let c = 0; c < 3; c++) sum[c]! += crop.data[3 * (y * crop.width + x) + c]!;
        count++;
      }
    }
    return sum.map((value) => value / Math.max(1, count));
  });
}

/** How badly a donor's region fits, in percent of the crop's width: what alignment cannot repair, and how much it has to do. */
function measureMisfit(donor: FaceSample, target: FaceSample, region: ExpansionRegion): number {
  const matrix = alignRegion(donor.mesh, target.mesh, { region });
  const { region: inner, anchors } = alignmentPoints[region];
  let squares = 0;
  for (const point of [...inner, ...anchors]) {
    const from = [donor.mesh[2 * point]!, donor.mesh[2 * point + 1]!] as const;
    const x = matrix[0] * from[0] + matrix[1] * from[1] + matrix[2] - target.mesh[2 * point]!;
    const y = matrix[3] * from[0] + matrix[4] * from[1] + matrix[5] - target.mesh[2 * point + 1]!;
    squares += x * x + y * y;
  }
  const residual = Math.sqrt(squares / (inner.length + anchors.length)) / target.crop.width;
  const distortion = Math.hypot(matrix[0] - 1, matrix[1], matrix[3], matrix[4] - 1);
  return 100 * (residual + distortionWeight * distortion);
}

/** How differently two faces are turned and lit, in the unit of the misfit. */
function measureDifference(first: FaceSample, second: FaceSample): number {
  const length = Math.min(first.mesh.length, second.mesh.length);
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (first.mesh[i]! - second.mesh[i]!) ** 2;
  const shape = (100 * Math.sqrt((2 * squares) / length)) / first.crop.width;
  const tones = measureTones(second);
  const toneDifference =
    Math.hypot(...measureTones(first).map((value, i) => value - tones[i]!)) / Math.sqrt(skinPoints.length);
  return shapeWeight * shape + toneWeight * toneDifference;
}

/**
 * Draws a donor among the faces whose region fits, that look into the same direction with a similar tone; a swap between faces
 * that differ in all of that shows its seam whatever the blend does.
 *
 * @param target the face that is altered
 * @param candidates faces that may be used; those of the target's own person are left out
 * @param options the region that is swapped, and the random stream of this item
 * @returns the donor, `null` where nobody else is among the candidates
 */
export function chooseDonor(
  target: FaceSample,
  candidates: readonly FaceSample[],
  { region, random }: { readonly region: ExpansionRegion; readonly random: Random },
): FaceSample | null {
  const others = candidates.filter(({ identity }) => identity !== target.identity);
  if (others.length === 0) return null;
  const ranked = others
    .map((sample) => ({
      sample,
      difference: measureMisfit(sample, target, region) + measureDifference(target, sample),
    }))
    .sort((a, b) => a.difference - b.difference || compareText(a.sample.id, b.sample.id));
  const choice = Math.max(leastChoice, Math.ceil(nearestPart * ranked.length));
  return random.pick(ranked.slice(0, choice)).sample;
}

import type { Random } from '@sofd/core';
import { compareText } from '../compare-text.js';
import type { ExpansionRegion } from '../expansion-region.js';
import { alignRegion } from './align-region.js';
import { alignmentPoints } from './alignment-points.js';
import type { FaceOutline } from './face-outline.js';

/** A donor is drawn from this part of the candidates, the most similar ones, and from no fewer than {@link leastChoice}. */
const nearestPart = 0.25;
const leastChoice = 2;

/** So many candidates are looked at, at most: the nearest quarter of them are already as alike as 64 out of a crowd can be. */
const maxCandidates = 256;

/** Weights that bring the parts to a common scale: percent of the crop's width. */
const distortionWeight = 0.05;
const shapeWeight = 0.3;
const toneWeight = 0.05;

/** How badly a donor's region fits, in percent of the crop's width: what alignment cannot repair, and how much it has to do. */
function measureMisfit(donor: FaceOutline, target: FaceOutline, region: ExpansionRegion): number {
  const matrix = alignRegion(donor.mesh, target.mesh, { region });
  const { region: inner, anchors } = alignmentPoints[region];
  let squares = 0;
  for (const point of [...inner, ...anchors]) {
    const from = [donor.mesh[2 * point]!, donor.mesh[2 * point + 1]!] as const;
    const x = matrix[0] * from[0] + matrix[1] * from[1] + matrix[2] - target.mesh[2 * point]!;
    const y = matrix[3] * from[0] + matrix[4] * from[1] + matrix[5] - target.mesh[2 * point + 1]!;
    squares += x * x + y * y;
  }
  const residual = Math.sqrt(squares / (inner.length + anchors.length)) / target.side;
  const distortion = Math.hypot(matrix[0] - 1, matrix[1], matrix[3], matrix[4] - 1);
  return 100 * (residual + distortionWeight * distortion);
}

/** How differently two faces are turned and lit, in the unit of the misfit. */
function measureDifference(first: FaceOutline, second: FaceOutline): number {
  const length = Math.min(first.mesh.length, second.mesh.length);
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (first.mesh[i]! - second.mesh[i]!) ** 2;
  const shape = (100 * Math.sqrt((2 * squares) / length)) / first.side;
  let tones = 0;
  for (let i = 0; i < first.tones.length; i++) tones += (first.tones[i]! - second.tones[i]!) ** 2;
  const toneDifference = Math.sqrt((3 * tones) / first.tones.length);
  return shapeWeight * shape + toneWeight * toneDifference;
}

/**
 * Other people's faces out of the candidates: all of them, or {@link maxCandidates} drawn ones. Drawing by place costs as much
 * for a million candidates as for a thousand, which filtering them for every face would not.
 */
function drawOthers(target: FaceOutline, candidates: readonly FaceOutline[], random: Random): FaceOutline[] {
  const isOther = ({ identity }: FaceOutline) => identity !== target.identity;
  if (candidates.length <= maxCandidates) return candidates.filter(isOther);
  const places = new Set<number>();
  for (let draw = 0; draw < 4 * maxCandidates && places.size < maxCandidates; draw++) {
    const place = random.integer(candidates.length);
    if (isOther(candidates[place]!)) places.add(place);
  }
  // Where one person has nearly all faces, few or none of the others are met by chance.
  return places.size > 0
    ? [...places].map((place) => candidates[place]!)
    : candidates.filter(isOther).slice(0, maxCandidates);
}

/**
 * Draws a donor among the faces whose region fits, that look into the same direction with a similar tone; a swap between faces
 * that differ in all of that shows its seam whatever the blend does.
 *
 * Out of more than 256 candidates, 256 are drawn and compared, so that a choice costs the same in every data set.
 *
 * @param target the face that is altered
 * @param candidates faces that may be used, in an order that is the same in every run; those of the target's own person are
 * left out
 * @param options the region that is swapped, and the random stream of this item
 * @returns the donor, `null` where nobody else is among the candidates
 */
export function chooseDonor(
  target: FaceOutline,
  candidates: readonly FaceOutline[],
  { region, random }: { readonly region: ExpansionRegion; readonly random: Random },
): FaceOutline | null {
  const others = drawOthers(target, candidates, random);
  if (others.length === 0) return null;
  const ranked = others
    .map((outline) => ({
      outline,
      difference: measureMisfit(outline, target, region) + measureDifference(target, outline),
    }))
    .sort((a, b) => a.difference - b.difference || compareText(a.outline.id, b.outline.id));
  const choice = Math.max(leastChoice, Math.ceil(nearestPart * ranked.length));
  return random.pick(ranked.slice(0, choice)).outline;
}

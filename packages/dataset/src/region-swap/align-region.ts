import { type Matrix2x3, type Point, pickPoints } from '@sofd/face';
import type { ExpansionRegion } from '../expansion-region.js';
import { alignmentPoints, anchorWeight } from './alignment-points.js';

interface Pair {
  readonly from: Point;
  readonly to: Point;
  readonly weight: number;
}

function pairPoints(from: Float32Array, to: Float32Array, region: ExpansionRegion): Pair[] {
  const pairs = (indices: readonly number[], weight: number) => {
    const goals = pickPoints(to, indices);
    return pickPoints(from, indices).map((point, i) => ({ from: point, to: goals[i]!, weight }));
  };
  const { region: inner, anchors } = alignmentPoints[region];
  return [...pairs(inner, 1), ...pairs(anchors, anchorWeight)];
}

function centerOf(pairs: readonly Pair[], side: 'from' | 'to'): Point {
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (axis: 0 | 1) => pairs.reduce((sum, pair) => sum + pair.weight * pair[side][axis], 0) / total;
  return [mean(0), mean(1)];
}

/** Weighted second moments of the centred points: everything that both least-squares fits are made of. */
function computeMoments(pairs: readonly Pair[], from: Point, to: Point) {
  const moments = { xx: 0, xy: 0, yy: 0, xu: 0, yu: 0, xv: 0, yv: 0 };
  for (const pair of pairs) {
    const x = pair.from[0] - from[0];
    const y = pair.from[1] - from[1];
    const u = pair.weight * (pair.to[0] - to[0]);
    const v = pair.weight * (pair.to[1] - to[1]);
    moments.xx += pair.weight * x * x;
    moments.xy += pair.weight * x * y;
    moments.yy += pair.weight * y * y;
    moments.xu += x * u;
    moments.yu += y * u;
    moments.xv += x * v;
    moments.yv += y * v;
  }
  return moments;
}

/**
 * Computes the map that lays a donor's region over the target's: the weighted least-squares fit of region and face points,
 * between a similarity (keeps the donor's proportions) and an affine map (takes the target's).
 *
 * @param donor face mesh in crop pixels, `[468 or more, 2]`
 * @param target face mesh in crop pixels, `[468 or more, 2]`
 * @param options the region; `shear` 0 for the similarity, 1 for the affine map
 * @returns map from the donor's crop to the target's
 *
 * @example
 * ```ts
 * const matrix = alignRegion(donor.mesh, target.mesh, { region: 'nose' });
 * ```
 */
export function alignRegion(
  donor: Float32Array,
  target: Float32Array,
  { region, shear = 0.6 }: { readonly region: ExpansionRegion; readonly shear?: number },
): Matrix2x3 {
  const pairs = pairPoints(donor, target, region);
  const from = centerOf(pairs, 'from');
  const to = centerOf(pairs, 'to');
  const { xx, xy, yy, xu, yu, xv, yv } = computeMoments(pairs, from, to);
  const spread = xx + yy;
  const cosine = (xu + yv) / spread;
  const sine = (xv - yu) / spread;
  const determinant = xx * yy - xy * xy;
  const mix = (similar: number, affine: number) => (1 - shear) * similar + shear * affine;
  const a = mix(cosine, (yy * xu - xy * yu) / determinant);
  const b = mix(-sine, (xx * yu - xy * xu) / determinant);
  const d = mix(sine, (yy * xv - xy * yv) / determinant);
  const e = mix(cosine, (xx * yv - xy * xv) / determinant);
  return [a, b, to[0] - a * from[0] - b * from[1], d, e, to[1] - d * from[0] - e * from[1]];
}

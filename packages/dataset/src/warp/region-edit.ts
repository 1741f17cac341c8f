import type { Random } from '@sofd/core';
import { computeEyeDistance, meshIndices, type Point, pickPoints } from '@sofd/face';

/** The regions that a warp edits. */
export type WarpRegion = 'eyes' | 'nose' | 'mouth' | 'eyebrow';

/** One piece of skin that is pulled: points of the mesh and where each goes. */
export interface RegionEdit {
  readonly points: readonly Point[];
  /** In pixels, one a point. */
  readonly displacements: readonly Point[];
  /** How far beyond the points the skin gives way, in pixels. */
  readonly margin: number;
}

/** Directions of an upright face in the crop: from the eye at the image's left to the one at its right, and down. */
interface FaceAxes {
  readonly right: Point;
  readonly down: Point;
  /** Distance between the centres of the eyes in pixels. */
  readonly unit: number;
}

/** Smallest and largest change: a part of the size for eyes and nose, of the distance between the eyes for the others. */
const amplitudes: Readonly<Record<WarpRegion, readonly [number, number]>> = {
  eyes: [0.14, 0.26],
  nose: [0.16, 0.32],
  mouth: [0.07, 0.13],
  eyebrow: [0.06, 0.1],
};

const { leftEye, rightEye, leftEyebrow, rightEyebrow, lipsOuter, lipsInner, leftMouthCorner, rightMouthCorner } =
  meshIndices;

/** The sides of the nose from the bridge's end to the wings, and the points under the tip. */
const noseWings = [198, 209, 49, 48, 64, 98, 97, 2, 326, 327, 294, 278, 279, 429, 420, 1, 4] as const;

const middleOf = (points: readonly Point[]): Point => [
  points.reduce((sum, [x]) => sum + x, 0) / points.length,
  points.reduce((sum, [, y]) => sum + y, 0) / points.length,
];

function findAxes(mesh: Float32Array): FaceAxes {
  const [left, right] = [middleOf(pickPoints(mesh, leftEye)), middleOf(pickPoints(mesh, rightEye))];
  const unit = computeEyeDistance(mesh);
  const [x, y] = [(right[0] - left[0]) / unit, (right[1] - left[1]) / unit];
  return { right: [x, y], down: [-y, x], unit };
}

const along = ([x, y]: Point, [u, v]: Point) => x * u + y * v;

const move = ({ right, down }: FaceAxes, across: number, downward: number): Point => [
  across * right[0] + downward * down[0],
  across * right[1] + downward * down[1],
];

/** An eye as a whole larger or smaller, about its middle. */
function scaleEye(points: readonly Point[], axes: FaceAxes, part: number): RegionEdit {
  const middle = middleOf(points);
  const displacements = points.map(([x, y]): Point => [part * (x - middle[0]), part * (y - middle[1])]);
  return { points, displacements, margin: 0.28 * axes.unit };
}

/** A nose wider or narrower about its ridge. */
function widenNose(points: readonly Point[], axes: FaceAxes, part: number): RegionEdit {
  const ridge = points.at(-1)!;
  const displacements = points.map(([x, y]) => move(axes, part * along([x - ridge[0], y - ridge[1]], axes.right), 0));
  return { points, displacements, margin: 0.3 * axes.unit };
}

/** Corners of the mouth outward and up, or inward and down, the lips after them by the square of their way to the corner. */
function moveMouth(mesh: Float32Array, axes: FaceAxes, amount: number): RegionEdit {
  const points = pickPoints(mesh, [...lipsOuter, ...lipsInner]);
  const [left, right] = pickPoints(mesh, [leftMouthCorner, rightMouthCorner]) as [Point, Point];
  const middle = middleOf([left, right]);
  const half = along([right[0] - left[0], right[1] - left[1]], axes.right) / 2;
  const displacements = points.map(([x, y]) => {
    const place = along([x - middle[0], y - middle[1]], axes.right) / half;
    return move(axes, 0.5 * amount * axes.unit * place, -amount * axes.unit * place * place);
  });
  return { points, displacements, margin: 0.4 * axes.unit };
}

function raiseBrow(points: readonly Point[], axes: FaceAxes, amount: number): RegionEdit {
  return { points, displacements: points.map(() => move(axes, 0, -amount * axes.unit)), margin: 0.3 * axes.unit };
}

/**
 * Draws an edit of one region: eyes larger or smaller, the nose wider or narrower, the corners of the mouth up or down, the
 * brows up or down. Both eyes and both brows change alike.
 *
 * @param mesh `[468 or more, 2]` in pixels
 * @param region what is edited
 * @param random stream of this item
 * @returns what is pulled where, one or two pieces
 */
export function drawRegionEdit(mesh: Float32Array, region: WarpRegion, random: Random): RegionEdit[] {
  const axes = findAxes(mesh);
  const change = random.uniformBetween(...amplitudes[region]) * random.pick([-1, 1]);
  switch (region) {
    case 'eyes':
      return [leftEye, rightEye].map((outline) => scaleEye(pickPoints(mesh, outline), axes, change));
    case 'nose':
      return [widenNose(pickPoints(mesh, noseWings), axes, change)];
    case 'mouth':
      return [moveMouth(mesh, axes, change)];
    case 'eyebrow':
      return [leftEyebrow, rightEyebrow].map((outline) => raiseBrow(pickPoints(mesh, outline), axes, change));
  }
}

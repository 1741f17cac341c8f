import {
  drawRegionMask,
  invertAffine,
  type Mask,
  type Matrix2x3,
  meshIndices,
  meshPointCount,
  type PixelImage,
  transformPoints,
} from '@sofd/face';
import { compositeRegion } from '../blend/composite-region.js';
import { excludeHair } from '../blend/exclude-hair.js';
import { sampleBicubic } from '../blend/sample-image.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import type { FaceSample } from '../face-sample.js';
import { alignRegion } from '../region-swap/align-region.js';
import { requireDonor } from '../region-swap/require-donor.js';
import { mapTriangles, type SourceMap } from './triangle-warp.js';

/** Softness of the masks as a part of the inter-ocular distance. */
const ovalSoftness = 0.05;
const mouthSoftness = 0.02;

/** A mouth this much wider open than the donor's, as a part of its width, keeps its own inside. */
const openMouth = 0.08;

/** Corners and middles of the crop's sides, so that the triangles reach over the face's oval. */
const framePoints = [
  [0, 0],
  [0.5, 0],
  [1, 0],
  [0, 0.5],
  [1, 0.5],
  [0, 1],
  [0.5, 1],
  [1, 1],
] as const;

/** The mesh and, around it, the frame: what the triangles hang on. */
function withFrame(mesh: Float32Array, frame: Float32Array): Float32Array {
  const points = new Float32Array(2 * meshPointCount + frame.length);
  points.set(mesh.subarray(0, 2 * meshPointCount));
  points.set(frame, 2 * meshPointCount);
  return points;
}

/** Maps the target's face onto the donor's, point by point of the mesh; the frame goes as the face does on the whole. */
function mapFace(donor: Float32Array, target: Float32Array, { width, height }: PixelImage): SourceMap {
  const frame = Float32Array.from(framePoints.flatMap(([x, y]) => [x * (width - 1), y * (height - 1)]));
  const toDonor: Matrix2x3 = invertAffine(alignRegion(donor, target, { region: 'face' }));
  const from = withFrame(donor, transformPoints(frame, toDonor));
  return mapTriangles(from, withFrame(target, frame), { width, height });
}

/** How far a mouth is open: the way between the lips as a part of the way between the corners. */
function measureOpening(mesh: Float32Array): number {
  const way = (first: number, second: number) =>
    Math.hypot(mesh[2 * first]! - mesh[2 * second]!, mesh[2 * first + 1]! - mesh[2 * second + 1]!);
  const { upperLip, lowerLip, leftMouthCorner, rightMouthCorner } = meshIndices;
  return way(upperLip, lowerLip) / way(leftMouthCorner, rightMouthCorner);
}

/** The oval; without the inside of a mouth that is open wider than the donor's, who has no teeth to show there. */
function drawMask({ target, donor, random }: ExpansionInput & { readonly donor: FaceSample }): Mask {
  const { width, height } = target.crop;
  const draw = (region: 'face' | 'inner-mouth', softness: number) =>
    drawRegionMask(target.mesh, region, { width, height, random: random.split('mask'), softness });
  const oval = draw('face', ovalSoftness);
  if (measureOpening(target.mesh) < measureOpening(donor.mesh) + openMouth) return oval;
  const inside = draw('inner-mouth', mouthSoftness);
  return { width, height, data: oval.data.map((value, i) => value * (1 - inside.data[i]!)) };
}

/** Draws the donor through the map, and zeroes the mask where the donor's crop has no pixels. */
function drawFace(donor: PixelImage, map: SourceMap, mask: Mask): { source: PixelImage; mask: Mask } {
  const { width, height } = map;
  const data = new Uint8ClampedArray(3 * width * height);
  const limited = Float32Array.from(mask.data);
  for (let i = 0; i < limited.length; i++) {
    if (limited[i] === 0) continue;
    const [x, y] = [map.x[i]!, map.y[i]!];
    if (!(x >= 0 && y >= 0 && x <= donor.width - 1 && y <= donor.height - 1)) {
      limited[i] = 0;
      continue;
    }
    sampleBicubic(donor, [x, y], { data, at: 3 * i });
  }
  return { source: { width, height, data }, mask: { width, height, data: limited } };
}

function expand(input: ExpansionInput): ExpansionOutput {
  const { target, region, random } = input;
  const donor = requireDonor(input, 'faceSwap');
  const drawn = drawMask({ ...input, donor });
  const map = mapFace(donor.mesh, target.mesh, target.crop);
  const { source, mask: reached } = drawFace(donor.crop, map, drawn);
  const mask = excludeHair(reached, source, target.mesh);
  const image = compositeRegion(target.crop, source, { mask, random: random.split('composite') });
  return { image, mask, region, manipulation: 'expansion:face' };
}

/**
 * Puts the face of another person over the target's, in the target's pose and expression.
 *
 * Each triangle of the dense mesh is drawn from the donor's by its own affine map. The triangles are the Delaunay triangulation
 * of the target's mesh. Colours are matched and the face is blended softly inside of its oval: a user without a set of deepfakes
 * can make identity fakes. A pair has one identity in two versions, so a donor is always another person.
 *
 * @see B. Delaunay, "Sur la sphere vide", 1934; method.md section 8
 */
export const faceSwap: ExpansionMode = { name: 'face-swap', donor: 'person', regions: ['face'], expand };

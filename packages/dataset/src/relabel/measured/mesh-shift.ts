import {
  computeEyeDistance,
  estimateSimilarity,
  meshIndices,
  meshPointCount,
  pickPoints,
  transformPoints,
} from '@sofd/face';

const { leftEyebrow, rightEyebrow, lipsOuter, lipsInner } = meshIndices;
const lips: readonly number[] = [...lipsOuter, ...lipsInner];
const brows: readonly number[] = [...leftEyebrow, ...rightEyebrow];
const moving = new Set([...lips, ...brows]);
const still = Array.from({ length: meshPointCount }, (_, i) => i).filter((i) => !moving.has(i));

/**
 * How far lips and eyebrows of a mesh moved against the rest of the face: root mean square over their points after the
 * similarity that brings all other points nearest to each other, so that a moved or turned head counts for nothing.
 *
 * @param real mesh, `[468 or more, 2]`
 * @param altered mesh, in any pixels
 * @returns in distances of the eyes of the real mesh, 0 or more
 */
export function measureMeshShift(
  real: Float32Array,
  altered: Float32Array,
): { readonly lips: number; readonly brows: number } {
  const aligned = transformPoints(altered, estimateSimilarity(pickPoints(altered, still), pickPoints(real, still)));
  const unit = computeEyeDistance(real);
  const shiftOf = (indices: readonly number[]) => {
    let sum = 0;
    for (const i of indices)
      sum += (aligned[2 * i]! - real[2 * i]!) ** 2 + (aligned[2 * i + 1]! - real[2 * i + 1]!) ** 2;
    return Math.sqrt(sum / indices.length) / unit;
  };
  return { lips: shiftOf(lips), brows: shiftOf(brows) };
}

import { type Batch, encodeTargets, faceForensics, faceForensicsAnnotations } from '@sofd/core';
import { toModelInput } from '@sofd/face';
import type { Checkpoint } from '@sofd/model';
import type { LabelledFace } from './find-faces.js';

/** Arrays of one length in one. */
function joinArrays(arrays: readonly ArrayLike<number>[]): Float32Array {
  const width = arrays[0]?.length ?? 0;
  const joined = new Float32Array(arrays.length * width);
  for (const [index, array] of arrays.entries()) joined.set(array, index * width);
  return joined;
}

/** Faces as a checkpoint's model gets them, with the labels that their kind implies. */
export const toBatch = (faces: readonly LabelledFace[], { manifest: { input } }: Checkpoint): Batch => ({
  images: joinArrays(faces.map(({ crop }) => toModelInput(crop, input))), // [faces, imageSize, imageSize, 3]
  targets: joinArrays(faces.map(({ kind }) => encodeTargets(faceForensics, faceForensicsAnnotations.training[kind]))), // [faces, labels]
  size: faces.length,
  imageSize: input.imageSize,
  ids: faces.map(({ id }) => id),
});

/** Batches of as many rows each, in one. */
export const joinBatches = (batches: readonly [Batch, ...Batch[]]): Batch => ({
  images: joinArrays(batches.map(({ images }) => images)),
  targets: joinArrays(batches.map(({ targets }) => targets)),
  size: batches.reduce((sum, { size }) => sum + size, 0),
  imageSize: batches[0].imageSize,
  ids: batches.flatMap(({ ids }) => ids),
});

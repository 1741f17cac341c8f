import type { PixelImage } from '../image/pixel-image.js';
import type { Face, FaceDescription } from './face.js';
import { squareOfMesh } from './fit-mesh.js';
import type { ImageModel } from './graph-model.js';
import { createPyramid, sampleSquare } from './image-pyramid.js';

const descriptorLength = 1024;
const ageCount = 100;
const genderCount = 1;
// The describing model was tuned on detector boxes widened by 1.4; a mesh is a little wider than the detector's box.
const squareShare = 1.33;

/** The most probable year, moved towards its more probable neighbour in proportion to that one's probability. */
export function readAge(probabilities: Float32Array): number {
  const year = probabilities.reduce((best, value, i) => (value > probabilities[best]! ? i : best), 0);
  const below = probabilities[year - 1] ?? 0;
  const above = probabilities[year + 1] ?? 0;
  const age = below > above ? year - 10 * below : year + 10 * above;
  return Math.max(0, Math.round(age * 10) / 10);
}

/** Runs the describing model on a face's upright square. */
export async function describeFace(
  model: ImageModel,
  image: PixelImage,
  face: Pick<Face, 'mesh'>,
): Promise<FaceDescription> {
  const pyramid = createPyramid(image, model.inputSize);
  const square = sampleSquare(pyramid, squareOfMesh(face.mesh, squareShare), model.inputSize);
  const outputs = await model.run(square, { scale: 1, offset: 0 });
  const maleProbability = outputs.get(genderCount)![0]!;
  return {
    descriptor: outputs.get(descriptorLength)!,
    age: readAge(outputs.get(ageCount)!),
    femaleProbability: 1 - maleProbability,
  };
}

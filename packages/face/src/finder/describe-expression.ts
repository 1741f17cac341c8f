import type { PixelImage } from '../image/pixel-image.js';
import type { ExpressionProbabilities, Face } from './face.js';
import { squareOfMesh } from './fit-mesh.js';
import type { ImageModel } from './graph-model.js';
import { createPyramid, sampleSquare } from './image-pyramid.js';

const expressionCount = 7;
// Shares of 1 to 1.2 give the smiling people of @vladmandic/face-api the same mean happiness, to 0.02; wider ones less.
const squareShare = 1.1;

/** Runs the expression model on a face's upright square. */
export async function describeExpression(
  model: ImageModel,
  image: PixelImage,
  face: Pick<Face, 'mesh'>,
): Promise<ExpressionProbabilities> {
  const pyramid = createPyramid(image, model.inputSize);
  const square = sampleSquare(pyramid, squareOfMesh(face.mesh, squareShare), model.inputSize);
  const outputs = await model.run(square, { scale: 2 / 255, offset: -1 });
  const [anger, disgust, fear, happiness, sadness, surprise, neutral] = outputs.get(expressionCount)!;
  return {
    anger: anger!,
    disgust: disgust!,
    fear: fear!,
    happiness: happiness!,
    sadness: sadness!,
    surprise: surprise!,
    neutral: neutral!,
  };
}

import type { Face, FaceFinder, PixelImage } from '@sofd/face';
import { createSyntheticFace } from './synthetic-face.js';

/** What the finder says of a photograph. */
export interface SyntheticPhoto {
  /** Name of the person: the descriptor. */
  readonly person: number;
  readonly age?: number;
  readonly score?: number;
  readonly eyeDistance?: number;
}

const size = 220;

/** Draws a photograph of one face. Its top left pixel holds its number, by which the finder knows it again. */
export function drawPhoto(number: number): PixelImage {
  const { crop } = createSyntheticFace({ id: `photo${number}`, size, tone: -3 * number });
  const data = Uint8ClampedArray.from(crop.data);
  data[0] = number;
  return { ...crop, data };
}

/** A finder that knows what {@link drawPhoto} drew, without models; it sees no face in a photograph that is not listed. */
export function createSyntheticFinder(
  photos: readonly SyntheticPhoto[],
): FaceFinder & { readonly calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    async find(image) {
      calls++;
      const photo = photos[image.data[0]!];
      if (photo === undefined) return [];
      const { mesh, landmarks } = createSyntheticFace({ id: `photo${image.data[0]}`, size });
      const face: Face = {
        box: { x: 0, y: 0, width: size, height: size },
        score: 1,
        mesh,
        landmarks: landmarks as Face['landmarks'],
        quality: {
          size: photo.eyeDistance ?? 57,
          blur: 100,
          yaw: 0,
          pitch: 0,
          roll: 0,
          score: photo.score ?? 1,
          reasons: [],
        },
      };
      return [face];
    },
    async describe(image) {
      // Crops do not hold the number: all of them show the same person.
      const photo = photos[image.data[0]!] ?? { person: 0 };
      const descriptor = new Float32Array(64);
      descriptor[photo.person] = 1;
      return { descriptor, age: photo.age ?? 30, femaleProbability: 0.5 };
    },
    describeExpression: async () => ({
      anger: 0,
      disgust: 0,
      fear: 0,
      happiness: 0,
      sadness: 0,
      surprise: 0,
      neutral: 1,
    }),
    dispose() {},
  };
}

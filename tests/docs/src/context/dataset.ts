import { wasm } from '@sofd/backend-wasm';
import { openDataset } from '@sofd/dataset/node';
import { createFaceFinder, cropFace, decodeImage, drawRegionMask, transformPoints } from '@sofd/face';
import { useBackend } from '@sofd/tensor';
import { makeOriginal } from '../fixtures.js';

export { createFaceFinder, useBackend, wasm };

export const dataset = await openDataset(await makeOriginal('faces'));
export const mean = [0.5, 0.5, 0.5] as const;
export const std = [0.25, 0.25, 0.25] as const;

await useBackend(wasm());
const finder = await createFaceFinder();
const photo = await decodeImage(await makeOriginal('photo.jpg'));
const found = (await finder.find(photo)).slice(0, 2);
const samples = found.map((face, index) => {
  const { image, matrix } = cropFace(photo, face.landmarks);
  const flat = transformPoints(Float32Array.from(face.landmarks.flat()), matrix); // [5, 2]
  const landmarks = face.landmarks.map((_, i) => [flat[2 * i], flat[2 * i + 1]]);
  const mesh = transformPoints(face.mesh, matrix);
  return {
    id: `face-${index}`,
    identity: `p00${index}`,
    source: 'photo.jpg',
    crop: image,
    mesh,
    landmarks: landmarks as unknown as typeof face.landmarks,
    pair: null,
  };
});
export const [target, donor] = samples as [(typeof samples)[0], (typeof samples)[0]];
export const { crop, mesh, landmarks } = target;
export const source = donor.crop;
export const mask = drawRegionMask(target.mesh, 'mouth', crop);
export const faces = await Promise.all(
  found.map(async (face, index) => ({
    id: `face-${index}`,
    source: 'photo.jpg',
    descriptor: (await finder.describe(photo, face)).descriptor,
  })),
);
finder.dispose();

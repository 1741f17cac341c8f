import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { createFaceFinder, cropFace, decodeImage, type Landmarks5, transformPoints } from '@sofd/face';
import { useBackend } from '@sofd/tensor';
import type { FaceSample } from '../src/face-sample.js';

/** Which of the six photographs that ship with `@vladmandic/face-api` are read. */
export interface PhotoFaceOptions {
  readonly photos: readonly number[];
  readonly minEyeDistance?: number;
}

/** Finds the adult faces of photographs that ship with an npm package, as samples; each face counts as a person. */
export async function loadPhotoFaces({ photos, minEyeDistance = 40 }: PhotoFaceOptions): Promise<FaceSample[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  await useBackend(wasm());
  const finder = await createFaceFinder();
  try {
    const samples: FaceSample[] = [];
    for (const photo of photos) {
      const source = `sample${photo}.jpg`;
      const image = await decodeImage(await readFile(join(folder, source)));
      for (const [index, face] of (await finder.find(image)).entries()) {
        if (face.quality.size < minEyeDistance) continue;
        const { image: crop, matrix } = cropFace(image, face.landmarks);
        const points = transformPoints(Float32Array.from(face.landmarks.flat()), matrix);
        const landmarks = [0, 1, 2, 3, 4].map((i) => [points[2 * i]!, points[2 * i + 1]!]) as unknown as Landmarks5;
        const id = `photo${photo}-${index}`;
        samples.push({
          id,
          identity: id,
          source,
          crop,
          mesh: transformPoints(face.mesh, matrix),
          landmarks,
          pair: null,
        });
      }
    }
    return samples;
  } finally {
    finder.dispose();
  }
}

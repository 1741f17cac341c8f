// The eyes of one face into another with our packages: `node swap-contender.js PHOTOS OUTPUT`. Prints a line of JSON.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { native } from '@sofd/backend-node';
import { createRandom } from '@sofd/core';
import { type FaceSample, regionSwap } from '@sofd/dataset';
import {
  createFaceFinder,
  cropFace,
  decodeImage,
  encodePng,
  type Face,
  type Landmarks5,
  type PixelImage,
  transformPoints,
} from '@sofd/face';
import { useBackend } from '@sofd/tensor';
import type { SwapResult } from './swap-result.js';

function toPoints(values: Float32Array): Landmarks5 {
  return [0, 1, 2, 3, 4].map((i) => [values[2 * i]!, values[2 * i + 1]!] as const) as unknown as Landmarks5;
}

function cropSample(id: string, photo: PixelImage, { landmarks, mesh }: Face): FaceSample {
  const { image, matrix } = cropFace(photo, landmarks);
  return {
    ...{ id, identity: id, source: id, pair: null, crop: image },
    mesh: transformPoints(mesh, matrix),
    landmarks: toPoints(transformPoints(Float32Array.from(landmarks.flat()), matrix)),
  };
}

const [photos, output] = process.argv.slice(2) as [string, string];
const paths = (await readFile(photos, 'utf8')).split('\n').filter((line) => line !== '');
const { device } = await useBackend(native({ threads: 1 }));
const finder = await createFaceFinder({ maxFaces: 1 });
await finder.find(await decodeImage(paths[0]!));
let donor: FaceSample | null = null;
let images = 0;
const start = performance.now();
const startCpu = process.cpuUsage();
for (const [index, path] of paths.entries()) {
  const photo = await decodeImage(path);
  const face = (await finder.find(photo))[0];
  if (face === undefined) continue;
  const target = cropSample(path, photo, face);
  const random = createRandom(7).split(path);
  const { image } = regionSwap.expand({ target, donor: donor ?? target, region: 'eyes', random });
  await writeFile(join(output, `${index}.png`), await encodePng(image));
  donor = target;
  images++;
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(startCpu);
const cpuSeconds = (user + system) / 1e6;
const result: SwapResult = { images, seconds, cpuSeconds, description: `${device}, Node ${process.versions.node}` };
console.log(JSON.stringify(result));
// Worker threads of an engine would keep the process alive.
process.exit(0);

import { wasm } from '@sofd/backend-wasm';
import { createRandom, encodeTargets, faceForensics } from '@sofd/core';
import { computeFeatureSet, createParameters, defineModelConfig, modelPresets } from '@sofd/model';
import { useBackend } from '@sofd/tensor';
import { createArraySource, equal } from '@sofd/trainer';

export { computeFeatureSet };

await useBackend(wasm());
const random = createRandom('trainer');
const fake = encodeTargets(faceForensics, { global: ['physical inconsistency'], local: ['eye'] });
const size = 8;

export const config = defineModelConfig(modelPresets.tiny, faceForensics);
export const params = createParameters(config, random);
/** Noise with labels, as a batch of eight. */
export const rows = {
  images: Float32Array.from({ length: size * 32 * 32 * 3 }, () => random.normal()),
  targets: Float32Array.from({ length: size * fake.length }, (_, i) =>
    Math.floor(i / fake.length) % 2 ? fake[i % fake.length]! : 0,
  ),
  size,
  imageSize: 32,
  ids: Array.from({ length: size }, (_, row) => `${row}`),
};
export const training = createArraySource(rows, { batchSize: 4, seed: 1 });
export const heldOut = createArraySource(rows, { batchSize: 4, seed: 2 });
export const options = {
  config,
  graph: faceForensics,
  training,
  heldOut,
  steps: 2,
  learningRate: 1e-3,
  weighting: equal(),
  seed: 1,
};
export const report = (_step: number, _loss: number): void => undefined;

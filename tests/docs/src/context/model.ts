import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { createRandom, faceForensics as graph } from '@sofd/core';
import {
  createParameters,
  defineModelConfig,
  type ModelConfig,
  modelPresets,
  type PooledStemConfig,
} from '@sofd/model';
import { readCheckpointFolder, writeCheckpointFolder } from '@sofd/model/node';
import { disposeTree, useBackend } from '@sofd/tensor';
import { checkpointFacts as rest } from '../checkpoint-facts.js';
import { makeOriginal } from '../fixtures.js';
import { repository } from '../snippet.js';

export { disposeTree, graph, rest, writeCheckpointFolder };

await useBackend(wasm());
export const config = defineModelConfig(modelPresets.demo, graph) as ModelConfig & {
  readonly vision: PooledStemConfig;
};
export const params = createParameters(config, createRandom('model'));
export const source = readCheckpointFolder(await makeOriginal('checkpoint'));
/** Two images for the model of `source`. */
export const images = new Float32Array(2 * 32 * 32 * 3);
const { imageSize } = config.vision;
/** A batch of two for the model of `config`. */
export const rows = {
  images: new Float32Array(2 * imageSize * imageSize * 3),
  targets: new Float32Array(2 * graph.labels.length),
  size: 2,
  imageSize,
  ids: ['a', 'b'],
};

const network = join(repository, 'packages', 'face', 'models', 'faceres');
export const text = await readFile(`${network}.json`, 'utf8');
export const bin = await readFile(`${network}.bin`);

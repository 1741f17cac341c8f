import { fileURLToPath } from 'node:url';
import { BackendUnavailableError } from '@sofd/core';
import { fetchCheckpoint } from '@sofd/model';
import { readCheckpointFolder } from '@sofd/model/node';
import type { Platform } from './platform.js';

const openModel: Platform['openModel'] = (model) => {
  const text = String(model);
  if (/^https?:/i.test(text)) return fetchCheckpoint(text);
  return readCheckpointFolder(/^file:/i.test(text) ? fileURLToPath(text) : text);
};

const createNodeEngine: Platform['createNodeEngine'] = async (name) => {
  try {
    const engines = await import('@sofd/backend-node');
    return name === 'native' ? engines.native() : engines.tensorflow();
  } catch (cause) {
    throw new BackendUnavailableError(
      `createDetector.engine: expected '${name}' to load, but the package @sofd/backend-node could not be imported; add it to your dependencies or use 'wasm'.`,
      { cause },
    );
  }
};

/** Node's side of `#inference/platform`. */
export const platform: Platform = {
  // WebGPU in Node only by name: its driver probing prints to the terminal, and a small model gains nothing from it.
  automaticEngines: ['native', 'wasm'],
  openModel,
  createNodeEngine,
};

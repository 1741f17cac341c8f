import { BackendUnavailableError, InvalidOptionError } from '@sofd/core';
import { fetchCheckpoint } from '@sofd/model';
import type { Platform } from './platform.js';

const openModel: Platform['openModel'] = (model) => {
  const base = typeof document === 'undefined' ? globalThis.location?.href : document.baseURI;
  try {
    return fetchCheckpoint(new URL(model, base).href);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new InvalidOptionError(
      `createDetector.model: expected an address, got '${model}'; give the address of a checkpoint folder.`,
      { cause },
    );
  }
};

/** The browser's side of `#inference/platform`. */
export const platform: Platform = {
  automaticEngines: ['webgpu', 'wasm'],
  openModel,
  async createNodeEngine(name) {
    throw new BackendUnavailableError(
      `createDetector.engine: expected an engine of browsers, got '${name}'; use 'auto', 'webgpu' or 'wasm'.`,
    );
  },
};

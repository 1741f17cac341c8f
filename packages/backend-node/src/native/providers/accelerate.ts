import { BackendUnavailableError } from '@sofd/core';
import { findSgemm } from './cblas.js';
import type { BlasProvider } from './provider.js';

const framework = '/System/Library/Frameworks/Accelerate.framework/Accelerate';

/** Apple's library, part of macOS. It decides itself how to use the matrix unit of the processor. */
export const accelerate: BlasProvider = {
  name: 'accelerate',
  // The file itself is in the system's cache of libraries, where nobody can look.
  locate: ({ platform }) => (platform === 'darwin' ? [framework] : []),
  open({ path, foreign }) {
    const library = foreign.load(path);
    const found = findSgemm(library);
    if (!found) {
      throw new BackendUnavailableError(`Accelerate: expected cblas_sgemm in ${path}, got none; use wasm().`);
    }
    // From macOS 15 on; before, it chooses by itself.
    library.find('int BLASSetThreading(int)')?.(singleThreaded);
    return {
      description: 'Accelerate',
      find: library.find,
      recipe: { path, sgemm: found.sgemm, reordered: undefined },
      reordering: undefined,
    };
  },
};

const singleThreaded = 1;

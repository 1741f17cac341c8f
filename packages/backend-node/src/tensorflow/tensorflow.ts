import { BackendUnavailableError } from '@sofd/core';
import type { Backend } from '@sofd/tensor';

const reason = 'not part of this version';
const remedy = 'Use native() or wasm().';

/** The engine on an installed TensorFlow. It has its name reserved, and is not part of this version. */
export function tensorflow(): Backend {
  return {
    name: 'tensorflow',
    probe: async () => ({ available: false, reason, remedy }),
    async init() {
      throw new BackendUnavailableError(`engine tensorflow: expected the engine, got none: ${reason}; ${remedy}`);
    },
    async dispose() {},
  };
}

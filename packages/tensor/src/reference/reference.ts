import type { Backend } from '../backend/backend.js';
import { startTfjsEngine, stopTfjsEngine } from '../backend/tfjs-engine.js';

/**
 * The reference engine: plain JavaScript, everywhere, slow. For tests and for comparing other engines with.
 *
 * @example
 * ```ts
 * import { useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * ```
 */
export function reference(): Backend {
  return {
    name: 'reference',
    probe: async () => ({ available: true, detail: 'plain JavaScript' }),
    async init() {
      // On demand, because the import registers the engine.
      await import('@tensorflow/tfjs-backend-cpu');
      // It would greet on the console at its first operation.
      Reflect.set(await startTfjsEngine('cpu'), 'firstUse', false);
      return { name: 'reference', device: 'plain JavaScript', threads: 1, floatBits: 32, tfjsBackend: 'cpu' };
    },
    async dispose() {
      stopTfjsEngine('cpu');
    },
  };
}

import { wasm } from '@sofd/backend-wasm';
import type { Backend } from '@sofd/tensor';
import { native } from './native/native.js';

/**
 * The engines for Node, best first: native products where a BLAS library is found, else wasm.
 *
 * @example
 * ```ts
 * import { nodeBackends } from '@sofd/backend-node';
 * import { useBackend } from '@sofd/tensor';
 *
 * const engine = await useBackend(nodeBackends());
 * engine.name; // 'native', or 'wasm' with the reason in engine.rejected
 * ```
 */
export function nodeBackends(): Backend[] {
  return [native(), wasm()];
}

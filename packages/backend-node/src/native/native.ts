import { availableParallelism } from 'node:os';
import { releaseWasmHeap, startWasmHeap, wasm } from '@sofd/backend-wasm';
import { BackendUnavailableError } from '@sofd/core';
import { type Backend, overrideKernels } from '@sofd/tensor';
import { loadBlas } from './blas.js';
import { createNativeMatMul } from './native-mat-mul.js';

/** Options of {@link native}. */
export interface NativeOptions {
  /** Threads of a large matrix product: half the logical cores, from 1 to 8, when left out. */
  readonly threads?: number;
}

const name = 'native';

/**
 * The native engine for Node: wasm for everything but matrix products, which run in the machine's BLAS library, in place
 * on the wasm heap.
 *
 * The library is OpenBLAS on Linux and Windows, Accelerate on macOS.
 *
 * @example
 * ```ts
 * import { native } from '@sofd/backend-node';
 * import { useBackend } from '@sofd/tensor';
 *
 * const engine = await useBackend(native({ threads: 2 }));
 * engine.device; // 'CPU, OpenBLAS, SkylakeX kernels'
 * ```
 */
export function native({ threads = defaultThreads() }: NativeOptions = {}): Backend {
  let restoreKernels: (() => void) | undefined;
  return {
    name,
    async probe() {
      const heap = await wasm().probe();
      if (!heap.available) return heap;
      const blas = await loadBlas();
      return 'sgemm' in blas ? { available: true, detail: blas.description } : { available: false, ...blas };
    },
    async init() {
      const blas = await loadBlas();
      if (!('sgemm' in blas)) {
        throw new BackendUnavailableError(
          `engine native: expected a BLAS library, got none: ${blas.reason}; ${blas.remedy}`,
        );
      }
      const { heap } = await startWasmHeap(name);
      restoreKernels = overrideKernels('wasm', name, (stock) => createNativeMatMul(heap, blas, stock));
      const device = `CPU, ${blas.description}`;
      return { name, device, threads: blas.setThreads(threads), floatBits: 32, tfjsBackend: 'wasm' };
    },
    async dispose() {
      restoreKernels?.();
      restoreKernels = undefined;
      releaseWasmHeap(name);
    },
  };
}

/** Logical cores count hyper-threads, which do not help here, and idle threads of OpenBLAS spin at the cost of others. */
const defaultThreads = () => Math.max(1, Math.min(8, Math.floor(availableParallelism() / 2)));

import {
  createEngineKernels,
  createWorkerPool,
  defaultThreads,
  loadKernels,
  releaseWasmHeap,
  startWasmHeap,
  wasm,
} from '@sofd/backend-wasm';
import { BackendUnavailableError } from '@sofd/core';
import { type Backend, overrideKernels } from '@sofd/tensor';
import { blasKernelsLocation } from '../blas-kernels-location.js';
import { createBlasGemm } from './blas-gemm.js';
import { bindKernels } from './blas-kernels.js';
import { readChoice } from './find-blas.js';
import { useLargePages } from './large-pages.js';
import { type LoadedBlas, loadBlas } from './load-blas.js';

/** Options of {@link native}. */
export interface NativeOptions {
  /** Threads of a large kernel, this one included. When left out, `SOFD_THREADS` or one a physical core. */
  readonly threads?: number;
}

const name = 'native';

/**
 * The native engine for Node: the kernels of wasm, with matrix products in a BLAS library of the machine, in place on the wasm
 * heap.
 *
 * The library is the fastest one that is found: Accelerate on macOS; MKL on Intel's processors; OpenBLAS, that of the
 * system or the one inside an installed numpy. The environment variable `SOFD_BLAS` chooses another one: `openblas`, `mkl`, `numpy`,
 * `accelerate` or the path of a library.
 *
 * @throws InvalidOptionError when `SOFD_BLAS` is none of these.
 * @example
 * ```ts
 * import { native } from '@sofd/backend-node';
 * import { useBackend } from '@sofd/tensor';
 *
 * const engine = await useBackend(native({ threads: 2 }));
 * engine.device; // 'CPU, OpenBLAS 0.3.21, SkylakeX kernels, 2 threads'
 * ```
 */
export function native({ threads }: NativeOptions = {}): Backend {
  const choice = readChoice(process.env.SOFD_BLAS);
  let end: (() => void) | undefined;
  return {
    name,
    async probe() {
      const heap = await wasm().probe();
      if (!heap.available) return heap;
      const found = await loadBlas(choice);
      return 'blas' in found ? { available: true, detail: found.blas.description } : { available: false, ...found };
    },
    async init() {
      const found = await loadBlas(choice);
      if (!('blas' in found)) {
        throw new BackendUnavailableError(
          `engine native: expected a BLAS library, got none: ${found.reason}; ${found.remedy}`,
        );
      }
      const started = await start(found, threads ?? defaultThreads());
      end = started.end;
      const many = started.threads > 1 ? `, ${started.threads} threads` : '';
      const device = `CPU, ${found.blas.description}${many}`;
      return { name, device, threads: started.threads, floatBits: 32, tfjsBackend: 'wasm' };
    },
    async dispose() {
      end?.();
      end = undefined;
      releaseWasmHeap(name);
    },
  };
}

/** Starts the heap and the threads, and installs the kernels. */
async function start({ blas, foreign }: LoadedBlas, wanted: number): Promise<{ threads: number; end: () => void }> {
  const { heap, threads } = await startWasmHeap(name, { threads: wanted });
  const kernels = await loadKernels(heap);
  const { module, exports } = kernels;
  const { memory } = heap.wasm.asm;
  // All that the heap may grow to: the addresses are reserved from the start.
  useLargePages(foreign, { address: foreign.addressOf(new Uint8Array(memory.buffer)), byteLength: 2 ** 32 });
  const own = bindKernels(blas.recipe, { memory, exports, addressOf: foreign.addressOf, find: blas.find });
  const added = { kernels: own, location: blasKernelsLocation, task: blas.recipe };
  const pool = await createWorkerPool({ module, memory, exports, threads, added });
  const gemm = createBlasGemm({ blas, foreign, memory, threads: pool });
  const engineKernels = createEngineKernels(heap, { kernels, pool, gemm });
  const restoreKernels = overrideKernels('wasm', name, engineKernels.overrides);
  return {
    threads: pool.size,
    end() {
      restoreKernels();
      engineKernels.dispose();
      gemm.dispose();
      pool.dispose();
    },
  };
}

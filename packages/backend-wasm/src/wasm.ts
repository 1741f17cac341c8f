import { type Backend, type BackendInfo, overrideKernels } from '@sofd/tensor';
import { platform } from '#backend-wasm/platform';
import { locateBinaries, releaseWasmHeap, startWasmHeap } from './heap/wasm-heap.js';
import { createEngineKernels } from './kernels/engine-kernels.js';
import { loadKernels } from './kernels/kernel-module.js';
import { createWorkerPool } from './threads/worker-pool.js';

/** Options of {@link wasm}. */
export interface WasmOptions {
  /**
   * The folder that holds the wasm binaries: a URL in browsers, a path in Node. The ones of this package when left out,
   * which bundlers that understand `new URL(..., import.meta.url)` bring along by themselves.
   */
  readonly assets?: string;
  /**
   * Threads of a large kernel, this one included. When left out: in Node `SOFD_THREADS` or one a physical core, on
   * cross-origin isolated pages half of the logical cores, at most 4. Other pages have one.
   */
  readonly threads?: number;
}

const name = 'wasm';

/**
 * The WebAssembly engine: runs in every browser and in Node, on the CPU.
 *
 * @example
 * ```ts
 * import { wasm } from '@sofd/backend-wasm';
 * import { useBackend } from '@sofd/tensor';
 *
 * const engine = await useBackend(wasm());
 * engine.name; // 'wasm'
 * await engine.dispose();
 * ```
 */
export function wasm({ assets, threads }: WasmOptions = {}): Backend {
  let end: (() => void) | undefined;
  return {
    name,
    async probe() {
      if (typeof WebAssembly === 'undefined') {
        return { available: false, reason: 'WebAssembly is missing', remedy: 'Use a current browser, or Node 20.19.' };
      }
      const missing = await platform.findMissing(locateBinaries(assets));
      if (missing === undefined) {
        return { available: true, detail: platform.hasThreads ? 'WebAssembly, threads possible' : 'WebAssembly' };
      }
      const remedy = 'Reinstall @sofd/backend-wasm, or run `node tools/assets.mjs` in a checkout.';
      return { available: false, reason: `${missing} is missing`, remedy };
    },
    async init() {
      const { heap, ...started } = await startWasmHeap(name, { assets, threads: threads ?? platform.defaultThreads() });
      if (!started.simd) {
        return describe('CPU, WebAssembly without SIMD, which this platform lacks: kernels of tfjs, slow', 1);
      }
      const kernels = await loadKernels(heap, assets);
      const { module, exports } = kernels;
      const { memory } = heap.wasm.asm;
      const pool = await createWorkerPool({ module, memory, exports, threads: started.threads });
      const engineKernels = createEngineKernels(heap, { kernels, pool });
      const restoreKernels = overrideKernels('wasm', name, engineKernels.overrides);
      end = () => {
        restoreKernels();
        engineKernels.dispose();
        pool.dispose();
      };
      const many = pool.size > 1 ? `, ${pool.size} threads` : '';
      const reason = pool.shortfall ? `, one thread because ${pool.shortfall}` : '';
      return describe(`CPU, ${kernels.description}${many}${reason}`, pool.size);
    },
    async dispose() {
      end?.();
      end = undefined;
      releaseWasmHeap(name);
    },
  };
}

const describe = (device: string, threads: number): BackendInfo => ({
  ...{ name, device, threads },
  floatBits: 32,
  tfjsBackend: 'wasm',
});

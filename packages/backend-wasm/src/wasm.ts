import { type Backend, overrideKernels } from '@sofd/tensor';
import { platform } from '#backend-wasm/platform';
import { locateBinaries, releaseWasmHeap, startWasmHeap } from './heap/wasm-heap.js';
import { createRepairedMatMul } from './mat-mul/repaired-mat-mul.js';

/** Options of {@link wasm}. */
export interface WasmOptions {
  /**
   * The folder that holds the wasm binaries: a URL in browsers, a path in Node. The ones of this package when left out,
   * which bundlers that understand `new URL(..., import.meta.url)` bring along by themselves.
   */
  readonly assets?: string;
  /**
   * Threads of a large matrix product; 1 when left out. Browsers have threads on cross-origin isolated pages, at most half
   * of the logical cores and 4; Node has none here. A bundler that rewrites the threaded build can keep it from starting.
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
  let restoreKernels: (() => void) | undefined;
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
      const { heap, threads: used, simd } = await startWasmHeap(name, { assets, threads });
      restoreKernels = overrideKernels('wasm', name, (stock) => ({ BatchMatMul: createRepairedMatMul(heap, stock) }));
      const device = simd ? 'CPU, WebAssembly SIMD' : 'CPU, WebAssembly';
      return { name, device, threads: used, floatBits: 32, tfjsBackend: 'wasm' };
    },
    async dispose() {
      restoreKernels?.();
      restoreKernels = undefined;
      releaseWasmHeap(name);
    },
  };
}

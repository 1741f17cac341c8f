import { type FusedKernels, fusedKernelFunctions } from '@sofd/tensor';
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Gemm } from '../gemm/gemm.js';
import { createWasmGemm } from '../gemm/wasm-gemm.js';
import type { WasmHeap } from '../heap/wasm-heap.js';
import { watchDisposal } from '../heap/watch-disposal.js';
import type { WorkerPool } from '../threads/worker-pool.js';
import { createAdamW } from './adam-w.js';
import { createAdd } from './add.js';
import { createAttention } from './attention.js';
import { createBiasQuickGelu } from './bias-quick-gelu.js';
import { type Convolutions, createConvolutions } from './convolution/convolutions.js';
import { createEmbedding } from './embedding.js';
import { createFidelity } from './fidelity.js';
import { createIdentity } from './identity.js';
import { createKernelContext } from './kernel-context.js';
import type { KernelModule } from './kernel-module.js';
import { createLayerNorm } from './layer-norm.js';
import { createLinear } from './linear.js';
import { createMatMul, type Stock } from './mat-mul.js';
import { createSlice } from './slice.js';
import { createSum } from './sum.js';

/** What {@link createEngineKernels} works with. */
export interface EngineKernelsOptions {
  readonly kernels: KernelModule;
  readonly pool: WorkerPool;
  /** Products of matrices; by our own kernel when left out. */
  readonly gemm?: Gemm | undefined;
}

/** The kernels of an engine on the wasm heap. */
export interface EngineKernels {
  /** For `overrideKernels`. */
  overrides(stock: Stock): Readonly<Record<string, KernelFunc>>;
  /** Frees what the kernels keep. The engine must not run them any more. */
  dispose(): void;
}

/**
 * Our kernels in the form that tfjs takes: products, sums, and all fused kernels.
 *
 * @param heap - what they work on.
 * @param options - the compiled kernels, the threads that run them, and who multiplies matrices.
 */
export function createEngineKernels(heap: WasmHeap, { kernels, pool, gemm }: EngineKernelsOptions): EngineKernels {
  const context = createKernelContext({ heap, exports: kernels.exports, pool });
  const own = gemm ? undefined : createWasmGemm(context);
  const products = gemm ?? (own as Gemm);
  const endWatch = watchDisposal(heap, (dataId) => products.forget(dataId));
  const fused: Required<FusedKernels> = {
    linear: createLinear(context, products),
    layerNorm: createLayerNorm(context),
    biasQuickGelu: createBiasQuickGelu(context),
    attention: createAttention(context),
    embedding: createEmbedding(context),
    fidelity: createFidelity(context),
    adamW: createAdamW(context),
  };
  let convolutions: Convolutions | undefined;
  return {
    overrides(stock) {
      const add = createAdd(context, stock('Add'));
      convolutions = createConvolutions(context, products, (name) => (name === 'Add' ? add : stock(name)));
      return {
        ...createMatMul(context, products, stock),
        ...convolutions.kernels,
        Sum: createSum(context, stock('Sum')),
        Slice: createSlice(heap, stock('Slice')),
        Identity: createIdentity(heap, stock('Identity')),
        ...fusedKernelFunctions(fused),
      };
    },
    dispose() {
      convolutions?.dispose();
      endWatch();
      own?.dispose();
      context.scratch.free();
    },
  };
}

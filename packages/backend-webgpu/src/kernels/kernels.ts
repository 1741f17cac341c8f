import { fusedKernelFunctions } from '@sofd/tensor';
import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
import { createAdamW } from './adam-w.js';
import { createAttention } from './attention.js';
import { createBiasQuickGelu } from './bias-quick-gelu.js';
import { createEmbedding } from './embedding.js';
import { createFidelity } from './fidelity.js';
import type { HalfWeights } from './half-weights.js';
import { createLayerNorm } from './layer-norm.js';
import { createMatMul } from './mat-mul.js';
import { createSum } from './sum.js';

/** What {@link createKernels} works with. */
export interface KernelParts {
  readonly backend: WebgpuBackend;
  readonly run: RunProgram;
  /** Where frozen weights are kept as halves; nowhere when left out. */
  readonly halfWeights: HalfWeights | undefined;
}

/**
 * The engine's own kernels.
 *
 * @param parts - what they record with.
 * @param stock - looks up the kernels of tfjs.
 */
export function createKernels(
  parts: KernelParts,
  stock: (name: string) => KernelFunc,
): Readonly<Record<string, KernelFunc>> {
  const { backend, run } = parts;
  const multiply = createMatMul(parts, stock('_FusedMatMul'));
  return {
    BatchMatMul: createMatMul(parts, stock('BatchMatMul')),
    _FusedMatMul: multiply,
    Sum: createSum(backend, run, stock('Sum')),
    ...fusedKernelFunctions({
      linear: {
        // One dispatch in tfjs too; as an entry of its own it comes with a gradient that computes only what is asked for.
        forward({ x, weight, bias }) {
          const [outer, inner] = [x.shape.slice(0, -1), x.shape.at(-1) as number];
          const rows = { ...x, shape: [util.sizeFromShape(outer), inner] };
          const product = multiply({
            inputs: { a: rows, b: weight, ...(bias ? { bias } : {}) },
            backend,
            attrs: { transposeA: false, transposeB: false, activation: 'linear' },
          }) as TensorInfo;
          return { ...product, shape: [...outer, weight.shape[1] as number] };
        },
      },
      layerNorm: createLayerNorm(backend, run),
      biasQuickGelu: createBiasQuickGelu(backend, run),
      attention: createAttention(backend, run),
      embedding: createEmbedding(backend, run),
      fidelity: createFidelity(run),
      adamW: createAdamW(backend, run),
    }),
  };
}

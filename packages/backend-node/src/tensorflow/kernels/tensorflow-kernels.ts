import { type FusedKernels, fusedKernelFunctions } from '@sofd/tensor';
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Handle, OpAttribute, TensorflowBinding } from '../tensorflow-binding.js';
import { createAdamW } from './adam-w.js';
import { createAttention } from './attention.js';
import { createBiasQuickGelu } from './bias-quick-gelu.js';
import type { Eager } from './eager.js';
import { createLayerNorm } from './layer-norm.js';
import { createLinear } from './linear.js';
import { createPlainKernels } from './plain-kernels.js';

/** Where a stock kernel is looked up. */
type Stock = (name: string) => KernelFunc;

/**
 * The fused kernels as functions of TensorFlow, and the plain kernels that training calls most without the tensors that tfjs-node
 * makes of their arguments.
 */
export function createTensorflowKernels(eager: Eager, binding: TensorflowBinding, stock: Stock) {
  const fused: FusedKernels = {
    linear: createLinear(eager),
    layerNorm: createLayerNorm(eager),
    // XLA on a card needs more of CUDA than TensorFlow itself.
    biasQuickGelu: createBiasQuickGelu(eager, !binding.isUsingGpuDevice()),
    attention: createAttention(eager),
    embedding: createEmbedding(eager, binding),
    adamW: createAdamW(eager, binding),
  };
  return { ...createPlainKernels(eager, binding, stock), ...fusedKernelFunctions(fused) };
}

function createEmbedding(
  { compute, run, of, tensor, integer }: Eager,
  binding: TensorflowBinding,
): Required<FusedKernels>['embedding'] {
  const type = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const [float, int32] = [binding.TF_FLOAT, binding.TF_INT32];
  const lookUp = [type('Tparams', float), type('Tindices', int32), type('Taxis', int32)];
  const addUp = [type('T', float), type('Tindices', int32), type('Tnumsegments', int32)];
  return {
    forward: ({ ids, table }) =>
      compute(() => tensor(run('GatherV2', [of(table), of(ids), integer(0)], lookUp)[0] as Handle)),
    gradient: ({ ids, dy }, { vocabulary }) =>
      compute(() => [tensor(run('UnsortedSegmentSum', [of(dy), of(ids), integer(vocabulary)], addUp)[0] as Handle)]),
  };
}

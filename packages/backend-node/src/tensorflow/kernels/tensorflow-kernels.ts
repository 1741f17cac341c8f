import { type FusedKernels, fusedKernelFunctions } from '@sofd/tensor';
import type { KernelFunc } from '@tensorflow/tfjs-core';
import { floats, type Node } from '../functions/function-def.js';
import type { Handle, OpAttribute, TensorflowBinding } from '../tensorflow-binding.js';
import { createAdamW } from './adam-w.js';
import { createAttention } from './attention.js';
import { createBiasQuickGelu } from './bias-quick-gelu.js';
import type { Composition, Eager } from './eager.js';
import { createLayerNorm } from './layer-norm.js';
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

const affine = (hasBias: boolean): Composition => ({
  name: hasBias ? 'linear_with_bias' : 'linear',
  types: floats('x', 'weight', ...(hasBias ? ['bias'] : [])),
  outputs: 1,
  write({ x, weight, bias }, ops) {
    const product = ops.matMul(x as Node, weight as Node); // [rows, out]
    return [bias ? ops.addRow(product, bias) : product];
  },
});

function createLinear({ compute, call, of, tensor }: Eager): Required<FusedKernels>['linear'] {
  const [plain, shifted] = [affine(false), affine(true)];
  return {
    forward: ({ x, weight, bias }) =>
      compute(() => {
        const [y] = bias ? call(shifted, [x, weight, bias].map(of)) : call(plain, [x, weight].map(of));
        return tensor(y as Handle);
      }),
  };
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

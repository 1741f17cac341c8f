import { type GradConfig, matMul, type NamedAttrMap, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import { type FusedKernels, fusedKernelName } from './fused-kernels.js';
import { runFusedKernel } from './run-fused-kernel.js';

/** An entry whose gradient is a kernel of its own: the inputs that it needs, and those whose gradients it returns, in order. */
function fromKernel(
  name: keyof FusedKernels,
  { saved, returned }: { readonly saved: readonly string[]; readonly returned: readonly string[] },
): GradConfig {
  return {
    kernelName: fusedKernelName(name, 'forward'),
    inputsToSave: [...saved],
    gradFunc(dy, tensors, attrs) {
      const inputs = Object.fromEntries(saved.map((input, i) => [input, tensors[i] as Tensor]));
      const gradients = runFusedKernel(name, 'gradient', { inputs: { ...inputs, dy: dy as Tensor }, attrs });
      return Object.fromEntries(returned.map((input, i) => [input, () => gradients?.[i] as Tensor]));
    },
  };
}

/** [..., width] -> [rows, width] */
const asRows = (x: Tensor) => (x.rank === 2 ? x : reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) as number]));
/** Gives rows the shape of a tensor of as many. */
const likeRows = (rows: Tensor, { rank, shape }: Tensor) => (rank === 2 ? rows : reshape(rows, shape));
const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

const linear: GradConfig = {
  kernelName: fusedKernelName('linear', 'forward'),
  inputsToSave: ['x', 'weight'],
  // Each is computed only where it is asked for: a frozen weight or an image needs none.
  gradFunc(dy, [x, weight]) {
    const [input, slope] = [x as Tensor, asRows(dy as Tensor)]; // [..., in], [rows, out]
    return {
      x: () => likeRows(matMul(slope, weight as Tensor, false, true), input), // [..., in]
      weight: () => matMul(asRows(input), slope, true, false), // [in, out]
      bias: () => sum(slope, 0), // [out]
    };
  },
};

const embedding: GradConfig = {
  kernelName: fusedKernelName('embedding', 'forward'),
  inputsToSave: ['ids', 'table'],
  gradFunc(dy, [ids, table]) {
    const attrs: NamedAttrMap = { vocabulary: (table as Tensor).shape[0] as number };
    const inputs = { ids: ids as Tensor, dy: dy as Tensor };
    return { table: () => runFusedKernel('embedding', 'gradient', { inputs, attrs })?.[0] as Tensor };
  },
};

/** The gradients of the fused kernels, in tfjs's form. */
export const fusedGradients: readonly GradConfig[] = [
  linear,
  embedding,
  fromKernel('layerNorm', { saved: ['x', 'gain'], returned: ['x', 'gain', 'bias'] }),
  fromKernel('biasQuickGelu', { saved: ['x', 'bias'], returned: ['x', 'bias'] }),
  fromKernel('attention', { saved: ['qkv'], returned: ['qkv'] }),
  fromKernel('fidelity', {
    saved: ['marginals', 'complements', 'targets'],
    returned: ['marginals', 'complements'],
  }),
];

import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelContext, sizeOf } from './kernel-context.js';
import { perNumber } from './split.js';

export function createFidelity({ make, makeAll, runOverRange }: KernelContext): Required<FusedKernels>['fidelity'] {
  return {
    forward({ marginals, complements, targets }, { epsilon }) {
      const extent = sizeOf(marginals.shape);
      const y = make(marginals.shape);
      const args = [marginals, complements, targets, epsilon, y];
      runOverRange('fidelity', { extent, operations: 2 * extent * perNumber, args });
      return y;
    },
    gradient({ marginals, complements, targets, dy }, { epsilon }) {
      const extent = sizeOf(marginals.shape);
      const gradients = makeAll([marginals.shape, marginals.shape]) as [TensorInfo, TensorInfo];
      const args = [marginals, complements, targets, dy, epsilon, ...gradients];
      runOverRange('fidelityGradient', { extent, operations: 3 * extent * perNumber, args });
      return gradients;
    },
  };
}

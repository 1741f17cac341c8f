import { add, mul, sqrt, sub, type Tensor } from '@tensorflow/tfjs-core';
import { runFusedKernel } from '../fused/run-fused-kernel.js';

/**
 * One minus the fidelity of two Bernoulli distributions, $1 - \sqrt{p g + \epsilon} - \sqrt{c\,(1 - g) + \epsilon}$, element by
 * element.
 *
 * @param marginals - p, any shape, 0 to 1.
 * @param complements - c = 1 - p, of the same shape; differentiated on its own.
 * @param options - `targets` g of the same shape, 0 to 1; `epsilon` keeps the slope of the root finite at 0.
 * @returns the same shape.
 * @example
 * ```ts
 * import { fidelityElements, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const [right, wrong] = [1, 0];
 * const marginals = tensor([right, wrong]);
 * const complements = tensor([1 - right, 1 - wrong]);
 * const losses = fidelityElements(marginals, complements, { targets: tensor([1, 1]), epsilon: 0 });
 * await readTensor(losses); // Float32Array [0, 1]
 * ```
 */
export function fidelityElements(
  marginals: Tensor,
  complements: Tensor,
  { targets, epsilon }: { readonly targets: Tensor; readonly epsilon: number },
): Tensor {
  const inputs = { marginals, complements, targets };
  const fused = runFusedKernel('fidelity', 'forward', { inputs, attrs: { epsilon } });
  if (fused?.[0]) return fused[0];
  const agreeOnOne = sqrt(add(mul(marginals, targets), epsilon));
  const agreeOnZero = sqrt(add(mul(complements, sub(1, targets)), epsilon));
  return sub(sub(1, agreeOnOne), agreeOnZero);
}

import { add, mul, sigmoid, type Tensor } from '@tensorflow/tfjs-core';
import { runFusedKernel } from '../fused/run-fused-kernel.js';

/**
 * The activation of CLIP's transformers after a bias, $z \cdot \sigma(1.702 z)$ with $z = x + b$.
 *
 * @param x - `[..., width]`
 * @param bias - `[width]`
 * @returns `[..., width]`
 * @see {@link https://arxiv.org/abs/1606.08415 | Gaussian error linear units}, section 2
 * @example
 * ```ts
 * import { biasQuickGelu, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const y = biasQuickGelu(tensor([[-20, 0, 20]]), tensor([0, 0, 1]));
 * await readTensor(y); // Float32Array [-0, 0, 21]
 * ```
 */
export function biasQuickGelu(x: Tensor, bias: Tensor): Tensor {
  const fused = runFusedKernel('biasQuickGelu', 'forward', { inputs: { x, bias } });
  if (fused?.[0]) return fused[0];
  const z = add(x, bias);
  return mul(z, sigmoid(mul(z, 1.702)));
}

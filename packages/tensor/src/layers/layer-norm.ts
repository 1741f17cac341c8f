import { add, mean, mul, rsqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { runFusedKernel } from '../fused/run-fused-kernel.js';
import type { ParameterTree } from '../parameter-tree.js';

/** The parameters of {@link layerNorm}. */
export interface LayerNormParameters extends ParameterTree {
  /** `[width]`, initially 1. */
  readonly gain: Tensor;
  /** `[width]`, initially 0. */
  readonly bias: Tensor;
}

/**
 * Normalises the last dimension to mean 0 and variance 1, then scales and shifts it.
 *
 * $y = (x - \mu) / \sqrt{\sigma^2 + \epsilon} \cdot g + b$ with the population variance.
 *
 * @param x - `[..., width]`
 * @param parameters - gain and bias, `[width]` each.
 * @param epsilon - added to the variance.
 * @returns `[..., width]`
 * @example
 * ```ts
 * import { layerNorm, ones, readTensor, tensor, useBackend, zeros } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const parameters = { gain: ones([2]), bias: zeros([2]) };
 * const y = layerNorm(tensor([[1, 3]]), parameters, 0); // mean 2, variance 1
 * await readTensor(y); // Float32Array [-1, 1]
 * ```
 */
export function layerNorm(x: Tensor, { gain, bias }: LayerNormParameters, epsilon = 1e-5): Tensor {
  const fused = runFusedKernel('layerNorm', 'forward', { inputs: { x, gain, bias }, attrs: { epsilon } });
  if (fused?.[0]) return fused[0];
  const centred = sub(x, mean(x, -1, true));
  const variance = mean(square(centred), -1, true); // [..., 1]
  return add(mul(mul(centred, rsqrt(add(variance, epsilon))), gain), bias);
}

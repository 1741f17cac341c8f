import { fused, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { runFusedKernel } from '../fused/run-fused-kernel.js';
import type { ParameterTree } from '../parameter-tree.js';

/** The parameters of {@link linear}. */
export interface LinearParameters extends ParameterTree {
  /** `[in, out]` */
  readonly weight: Tensor;
  /** `[out]` */
  readonly bias: Tensor;
}

/**
 * An affine map of the last dimension, $y = x W + b$.
 *
 * @param x - `[..., in]`, at least two dimensions.
 * @param weight - `[in, out]`
 * @param bias - `[out]`; none when left out.
 * @returns `[..., out]`
 * @example
 * ```ts
 * import { linear, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const y = linear(tensor([[1, 2]]), tensor([[1], [10]]), tensor([0.5]));
 * await readTensor(y); // Float32Array [21.5]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const optional = bias ? { bias } : {};
  const own = runFusedKernel('linear', 'forward', { inputs: { x, weight, ...optional } });
  if (own?.[0]) return own[0];
  const [width = 0, outputs = 0] = weight.shape;
  // One large 2-D product: batched ones with a shared right operand are slow on wasm and have no gradient.
  const rows = x.rank === 2 ? x : reshape(x, [-1, width]); // [rows, in]
  const y = fused.matMul({ a: rows, b: weight, ...optional }); // [rows, out]
  return x.rank === 2 ? y : reshape(y, [...x.shape.slice(0, -1), outputs]); // [..., out]
}

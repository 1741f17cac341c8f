import { mul, sigmoid, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The activation of CLIP's transformers, $x \cdot \sigma(1.702 x)$.
 *
 * @param x - any shape.
 * @returns the same shape.
 */
export function quickGelu(x: Tensor): Tensor {
  return mul(x, sigmoid(mul(x, 1.702)));
}

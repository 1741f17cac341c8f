import { notEqual, scalar, type Tensor, cast as tfjsCast } from '@tensorflow/tfjs-core';

/**
 * Converts to another type of number.
 *
 * @param x - any shape.
 * @param dtype - to `int32` fractions are cut off; to `bool` all but zero is true.
 * @returns the same shape.
 */
export function cast(x: Tensor, dtype: 'float32' | 'int32' | 'bool'): Tensor {
  // Compared, not converted: wasm only relabels numbers as truth values.
  return dtype === 'bool' && x.dtype !== 'bool' ? notEqual(x, scalar(0, x.dtype as 'float32')) : tfjsCast(x, dtype);
}

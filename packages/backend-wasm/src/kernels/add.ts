import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelContext, sizeOf } from './kernel-context.js';
import { perNumber } from './split.js';

/** tfjs's addition: of equal shapes by our kernel, as residuals and gradients are; of others by the stock one. */
export const createAdd =
  ({ make, runOverRange }: KernelContext, stock: KernelFunc): KernelFunc =>
  (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || !isSameShape(a.shape, b.shape)) return stock(call);
    const sum = make(a.shape);
    const extent = sizeOf(a.shape);
    runOverRange('add', { extent, operations: extent * perNumber, args: [a, b, sum] });
    return sum;
  };

const isSameShape = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((extent, i) => extent === other[i]);

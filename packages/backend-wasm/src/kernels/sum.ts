import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type KernelContext, sizeOf } from './kernel-context.js';
import { sumColumns } from './sum-columns.js';

/** tfjs's sum: over leading dimensions by our kernel, where the stock one would transpose first; otherwise by that. */
export function createSum(context: KernelContext, stock: KernelFunc): KernelFunc {
  return (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { axis, keepDims } = call.attrs as unknown as { axis: number | number[]; keepDims?: boolean };
    const axes = util.parseAxisParam(axis, x.shape);
    const isLeading = axes.length < x.shape.length && axes.every((_, i) => axes.includes(i));
    if (x.dtype !== 'float32' || !isLeading) return stock(call);
    const kept = x.shape.slice(axes.length);
    const y = context.make(keepDims ? [...axes.map(() => 1), ...kept] : kept);
    const columns = sizeOf(kept);
    sumColumns(context, { rows: sizeOf(x.shape.slice(0, axes.length)), columns, x, stride: columns, y });
    return y;
  };
}

import { type KernelFunc, sumOutType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
import { columnSums } from './column-sums.js';

/**
 * Wraps the stock sum. Over leading extents, as in the gradient of what was broadcast, ours reads columns in place; the stock kernel
 * would transpose first.
 */
export function createSum(backend: WebgpuBackend, run: RunProgram, stock: KernelFunc): KernelFunc {
  return (call) => {
    const x = call.inputs.x as TensorInfo;
    const { axis, keepDims } = call.attrs as unknown as { axis: number | number[]; keepDims: boolean };
    const axes = new Set(util.parseAxisParam(axis, x.shape));
    const kept = x.shape.filter((_, i) => !axes.has(i));
    const shape = keepDims ? x.shape.map((extent, i) => (axes.has(i) ? 1 : extent)) : kept;
    if (util.sizeFromShape(x.shape) === 0) {
      const values = new Float32Array(util.sizeFromShape(shape));
      return backend.makeTensorInfo(shape, sumOutType(x.dtype), values);
    }
    if (x.dtype !== 'float32' || !isLeading(x.shape, axes)) return stock(call);
    return columnSums(run, [x], shape)[0]!;
  };
}

/** Whether the axes come before all others. Extents of 1 are nowhere in particular. */
function isLeading(shape: readonly number[], axes: ReadonlySet<number>): boolean {
  const long = shape.map((_, i) => i).filter((i) => shape[i] !== 1);
  const summed = long.filter((i) => axes.has(i)).length;
  return summed > 0 && summed < long.length && long.slice(0, summed).every((i) => axes.has(i));
}

import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floatBytes, type KernelContext, rowsOf } from './kernel-context.js';
import { sumColumns } from './sum-columns.js';

/** Operations that an exponential and a quotient take for a number. */
const perExponential = 20;

export function createBiasQuickGelu(context: KernelContext): Required<FusedKernels>['biasQuickGelu'] {
  const { exports, scratch, make, makeAll, runOverRange } = context;
  return {
    forward({ x, bias }) {
      const { rows, width } = rowsOf(x);
      const y = make(x.shape);
      const args = [width, x, bias, y];
      runOverRange('biasQuickGelu', { extent: rows, operations: rows * width * perExponential, args });
      return y;
    },
    gradient({ x, bias, dy }) {
      const { rows, width } = rowsOf(x);
      const blocks = exports.rowBlocks(rows);
      const partial = scratch.reserve(blocks * width * floatBytes); // [blocks, width]
      const [dx, dBias] = makeAll([x.shape, [width]]) as [TensorInfo, TensorInfo];
      const args = [rows, width, x, bias, dy, dx, partial];
      runOverRange('biasQuickGeluGradient', { extent: blocks, operations: rows * width * perExponential, args });
      sumColumns(context, { rows: blocks, columns: width, stride: width, x: partial, y: dBias });
      return [dx, dBias];
    },
  };
}

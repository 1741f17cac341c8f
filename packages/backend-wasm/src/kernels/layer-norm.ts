import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floatBytes, type KernelContext, rowsOf } from './kernel-context.js';
import { perNumber } from './split.js';
import { sumColumns } from './sum-columns.js';

export function createLayerNorm(context: KernelContext): Required<FusedKernels>['layerNorm'] {
  const { exports, scratch, make, makeAll, runOverRange } = context;
  return {
    forward({ x, gain, bias }, { epsilon }) {
      const { rows, width } = rowsOf(x);
      const y = make(x.shape);
      const args = [width, x, gain, bias, epsilon, y];
      runOverRange('layerNorm', { extent: rows, operations: rows * width * perNumber, args });
      return y;
    },
    gradient({ x, gain, dy }, { epsilon }) {
      const { rows, width } = rowsOf(x);
      const blocks = exports.rowBlocks(rows);
      const partial = scratch.reserve(blocks * 2 * width * floatBytes); // [blocks, 2, width]
      const [dx, dGain, dBias] = makeAll([x.shape, [width], [width]]) as [TensorInfo, TensorInfo, TensorInfo];
      const args = [rows, width, x, gain, dy, epsilon, dx, partial];
      runOverRange('layerNormGradient', { extent: blocks, operations: 2 * rows * width * perNumber, args });
      const sums = { rows: blocks, columns: width, stride: 2 * width };
      sumColumns(context, { ...sums, x: partial, y: dGain });
      sumColumns(context, { ...sums, x: partial + width * floatBytes, y: dBias });
      return [dx, dGain, dBias];
    },
  };
}

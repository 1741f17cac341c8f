import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { isSole, takeOver } from '../heap/take-over.js';
import { type KernelContext, sizeOf } from './kernel-context.js';
import { perNumber } from './split.js';

export function createAdamW({
  heap,
  makeAll,
  addressOf,
  runOverRange,
}: KernelContext): Required<FusedKernels>['adamW'] {
  return {
    update({ param, gradient, m, v, ema, gradientScale }, rates) {
      const { beta1, beta2, epsilon, stepSize, inverseRootCorrection2, decay, emaDecay, donate } = rates;
      const before = [param, m, v, ...(ema ? [ema] : [])];
      const isReused = before.map((tensor) => donate && isSole(heap, tensor));
      // All new memory first: when there is too little, nothing has been taken over.
      const made = makeAll(before.filter((_, i) => !isReused[i]).map(({ shape }) => shape));
      const reads = [param, gradient, m, v, ema ?? 0, gradientScale ?? 0].map((x) =>
        x === 0 ? 0 : addressOf(x as TensorInfo),
      );
      const after = before.map((tensor, i) => (isReused[i] ? takeOver(heap, tensor) : (made.shift() as TensorInfo)));
      const extent = sizeOf(param.shape);
      const [nextParam, nextM, nextV, nextEma = 0] = after as [TensorInfo, TensorInfo, TensorInfo, TensorInfo?];
      const args = [
        ...reads,
        ...[nextParam, nextM, nextV, nextEma],
        ...[beta1, beta2, epsilon, stepSize, inverseRootCorrection2, decay, emaDecay],
      ];
      runOverRange('adamW', { extent, operations: before.length * extent * perNumber, args });
      return after;
    },
  };
}

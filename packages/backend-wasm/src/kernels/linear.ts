import { type FusedKernels, isFrozen } from '@sofd/tensor';
import type { Gemm } from '../gemm/gemm.js';
import { type KernelContext, rowsOf } from './kernel-context.js';

export function createLinear({ addressOf, make }: KernelContext, gemm: Gemm): Required<FusedKernels>['linear'] {
  return {
    forward({ x, weight, bias }) {
      const { rows, width: inner } = rowsOf(x);
      const columns = weight.shape[1] as number;
      const y = make([...x.shape.slice(0, -1), columns]);
      gemm.multiply({
        ...{ rows, inner, columns },
        ...{ a: addressOf(x), strideA: inner, transposeA: false },
        ...{ b: addressOf(weight), strideB: columns, transposeB: false },
        ...{ c: addressOf(y), strideC: columns },
        bias: bias && addressOf(bias),
        frozenB: isFrozen(weight) ? weight.dataId : undefined,
      });
      return y;
    },
  };
}

import { isFrozen } from '@sofd/tensor';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Gemm } from '../gemm/gemm.js';
import type { KernelContext } from './kernel-context.js';
import { describeMatMul } from './mat-mul-shape.js';

/** Where a stock kernel is looked up. */
export type Stock = (name: string) => KernelFunc;

/**
 * tfjs's product kernels.
 *
 * What they do not do goes to the stock kernels: other types than float, fused activations, a bias that is not one row.
 */
export function createMatMul(
  { addressOf, make }: KernelContext,
  gemm: Gemm,
  stock: Stock,
): Record<'BatchMatMul' | '_FusedMatMul', KernelFunc> {
  const multiplyOr =
    (fallback: KernelFunc): KernelFunc =>
    (call) => {
      const { a, b, bias } = call.inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo };
      const { activation, transposeA, transposeB } = call.attrs as unknown as Attributes;
      const shape = describeMatMul({ a, b, transposeA, transposeB });
      const isPlain = activation === undefined || activation === null || activation === 'linear';
      const hasRowBias = !bias || (bias.shape.length === 1 && bias.shape[0] === shape?.columns);
      if (!shape || !isPlain || !hasRowBias) return fallback(call);
      const output = make(shape.output);
      const { rows, inner, columns, batch, batchA, batchB } = shape;
      // A stack of untransposed matrices times one matrix is one tall matrix.
      const isTall = batch > 1 && batchB === 1 && !transposeA;
      gemm.multiply({
        ...{ inner, columns, transposeA, transposeB },
        ...(isTall ? { rows: rows * batch, batch: 1 } : { rows, batch }),
        ...{ a: addressOf(a), strideA: transposeA ? rows : inner, batchStrideA: batchA === 1 ? 0 : rows * inner },
        ...{ b: addressOf(b), strideB: transposeB ? inner : columns, batchStrideB: batchB === 1 ? 0 : inner * columns },
        ...{ c: addressOf(output), strideC: columns, batchStrideC: rows * columns },
        bias: bias && addressOf(bias),
        frozenB: isFrozen(b) ? b.dataId : undefined,
      });
      return output;
    };
  return { BatchMatMul: multiplyOr(stock('BatchMatMul')), _FusedMatMul: multiplyOr(stock('_FusedMatMul')) };
}

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation?: string | null;
}

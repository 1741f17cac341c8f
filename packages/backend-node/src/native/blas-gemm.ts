import type { Gemm, GemmCall } from '@sofd/backend-wasm';
import type { Blas } from './blas.js';
import type { BlasProducts } from './blas-products.js';
import type { Foreign } from './foreign.js';
import { createFrozenOperands } from './frozen-operands.js';
import { argumentsOfReordered, splitProduct } from './split-product.js';

/** Runs kernels on several threads. */
export interface BlasThreads {
  readonly size: number;
  /** Calls a kernel once a share; as many shares as there are threads, or fewer. */
  run(kernel: keyof BlasProducts, shares: readonly (readonly number[])[]): void;
}

/** What {@link createBlasGemm} works with. */
export interface BlasGemmOptions {
  readonly blas: Blas;
  readonly foreign: Foreign;
  /** The heap's. */
  readonly memory: { readonly buffer: ArrayBufferLike };
  readonly threads: BlasThreads;
}

/**
 * Products of matrices on a heap by a native library.
 *
 * Work is split among threads by rows, columns or the products of a stack, never by the inner extent.
 */
export function createBlasGemm({ blas, foreign, memory, threads }: BlasGemmOptions): Gemm & { dispose(): void } {
  const frozen = blas.reordering && createFrozenOperands(blas.reordering, { foreign, memory, threads: threads.size });

  return {
    multiply(given) {
      const call = mergeStack(given);
      const { rows, inner, columns, batch = 1, frozenB, alpha = 1 } = call;
      if (rows * columns * batch === 0) return;
      // One row reads each number of B once, in whatever order.
      const isReusable = frozenB !== undefined && batch === 1 && alpha === 1 && rows > 1 && inner > 0;
      const copy = isReusable ? frozen?.find(frozenB, call) : undefined;
      if (copy)
        threads.run(
          'multiplyReordered',
          copy.map((part) => argumentsOfReordered(call, part, part.memory.address)),
        );
      else threads.run('multiply', splitProduct(call, threads.size));
    },
    forget: (data) => frozen?.forget(data),
    dispose: () => frozen?.dispose(),
  };
}

/** A stack that shares B and lies one below the other is one tall product. */
function mergeStack(call: GemmCall): GemmCall {
  const { batch = 1, rows, transposeA, batchStrideA = 0, batchStrideB = 0, batchStrideC = 0 } = call;
  const isOne =
    !transposeA && batchStrideB === 0 && batchStrideA === rows * call.strideA && batchStrideC === rows * call.strideC;
  return batch > 1 && isOne ? { ...call, rows: rows * batch, batch: 1 } : call;
}

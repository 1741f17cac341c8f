import type { KernelContext } from '../kernels/kernel-context.js';
import { countShares, type Range, splitExtent } from '../kernels/split.js';
import type { Gemm, GemmCall } from './gemm.js';
import { createPackedOperands, orders, type RightOperand } from './packed-operands.js';

/** Rows of a thread from which on it costs next to nothing that it reads the whole of a packed B. */
const manyRows = 100;

/**
 * Products by our own kernel.
 *
 * Threads share the products of a stack, or the rows or columns of one product.
 */
export function createWasmGemm(context: KernelContext): Gemm & { dispose(): void } {
  const { exports, pool, scratch } = context;
  const rightOperands = createPackedOperands(context);
  const scratchBytes = exports.gemmScratchBytes();
  return {
    multiply(call) {
      const { inner, columns, a, strideA, transposeA, c, strideC, bias = 0, beta = 0 } = call;
      const { batchStrideA = 0, batchStrideB = 0, batchStrideC = 0 } = call;
      const b = rightOperands.find(call);
      const ranges = splitProduct(call, b, context);
      const first = scratch.reserve(ranges.length * scratchBytes);
      const args = [
        ...[inner, columns],
        ...[a, strideA, Number(transposeA), batchStrideA],
        ...[b.address, b.stride, b.order, batchStrideB],
        ...[c, strideC, batchStrideC],
        ...[bias, beta],
      ];
      pool.run(
        'gemm',
        ranges.map(([stack, rows, columns], i) => [...stack, ...rows, ...columns, ...args, first + i * scratchBytes]),
      );
    },
    forget: rightOperands.forget,
    dispose: rightOperands.dispose,
  };
}

/** What each thread computes: some products of the stack, some of their rows, some of their columns. */
function splitProduct(
  call: GemmCall,
  { order }: RightOperand,
  { exports, pool }: KernelContext,
): (readonly [Range, Range, Range])[] {
  const { rows, inner, columns, batch = 1 } = call;
  const count = countShares(batch * rows * inner * columns, pool.size);
  const [stack, height, width]: Range[] = [
    [0, batch],
    [0, rows],
    [0, columns],
  ] as const;
  if (batch >= count) return splitExtent(batch, count).map((range) => [range, height!, width!]);
  // The longer side, because each thread packs the whole of the other operand, unless that was done before.
  const byRows = rows >= (order === orders.packed ? Math.min(columns, manyRows * count) : columns);
  return byRows
    ? splitExtent(rows, count, exports.gemmTileRows()).map((range) => [stack!, range, width!])
    : splitExtent(columns, count, exports.gemmTileColumns()).map((range) => [stack!, height!, range]);
}

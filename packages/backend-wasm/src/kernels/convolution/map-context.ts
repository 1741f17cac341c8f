import type { Gemm } from '../../gemm/gemm.js';
import { floatBytes, type KernelContext } from '../kernel-context.js';
import { createScratch, type Scratch } from '../scratch.js';
import { countShares, type Range, splitExtent } from '../split.js';

/** What the computations of maps work with. */
export interface MapContext {
  readonly kernels: KernelContext;
  readonly gemm: Gemm;
  /** For the left matrix of a product. */
  readonly left: Scratch;
  /** For the table of steps. */
  readonly table: Scratch;
  /** The heap, to write tables to. */
  viewHeap(): DataView;
  /** The address of so many zeros. */
  zeros(count: number): number;
  /** Runs a kernel over rows, which takes the range and the first row before its other arguments. */
  runOverRows(kernel: string, rows: Range, operations: number, args: readonly number[]): void;
  free(): void;
}

export function createMapContext(kernels: KernelContext, gemm: Gemm): MapContext {
  const { heap, pool } = kernels;
  // The scratch of the kernels is used by products.
  const [left, table, blank] = [createScratch(heap), createScratch(heap), createScratch(heap)];
  let zeroBytes = 0;
  let view = new DataView(heap.wasm.HEAPU8.buffer);
  return {
    ...{ kernels, gemm, left, table },
    viewHeap() {
      // Growth replaces the heap.
      const { buffer } = heap.wasm.HEAPU8;
      if (view.buffer !== buffer) view = new DataView(buffer);
      return view;
    },
    zeros(count) {
      const bytes = count * floatBytes;
      const address = blank.reserve(bytes);
      // Nobody writes to them.
      if (bytes > zeroBytes) heap.wasm.HEAPU8.fill(0, address, address + bytes);
      zeroBytes = Math.max(zeroBytes, bytes);
      return address;
    },
    runOverRows(kernel, [start, end], operations, args) {
      const ranges = splitExtent(end - start, countShares(operations, pool.size));
      pool.run(
        kernel,
        ranges.map(([from, to]) => [start + from, start + to, start, ...args]),
      );
    },
    free() {
      for (const scratch of [left, table, blank]) scratch.free();
      zeroBytes = 0;
    },
  };
}

import type { Argument, KernelContext } from './kernel-context.js';
import { perNumber } from './split.js';

/** Rows whose columns are added up. */
export interface ColumnSums {
  readonly rows: number;
  readonly columns: number;
  readonly x: Argument;
  /** Floats from row to row. */
  readonly stride: number;
  readonly y: Argument;
}

/** Writes the sums over the columns of x to y. */
export function sumColumns({ runOverRange }: KernelContext, { rows, columns, x, stride, y }: ColumnSums): void {
  // They are only read, which is half of the work.
  const operations = (rows * columns * perNumber) / 2;
  runOverRange('columnSums', { extent: columns, operations, args: [rows, x, stride, y] });
}

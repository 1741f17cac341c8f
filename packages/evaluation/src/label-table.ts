import { EvaluationError, type LabelGraph } from '@sofd/core';

/** Targets and marginals of the same rows, row-major, columns in the graph's node order. */
export interface LabelTable {
  /** [rows, labels], 0 | 1. */
  readonly targets: ArrayLike<number>;
  /** [rows, labels], probabilities in [0, 1]. */
  readonly marginals: ArrayLike<number>;
}

/**
 * Checks that a table fits a label graph.
 *
 * @returns The number of rows.
 * @throws EvaluationError naming the first array that does not fit.
 */
export function checkTable(
  { targets, marginals }: LabelTable,
  { graph, where }: { readonly graph: LabelGraph; readonly where: string },
): number {
  const width = graph.labels.length;
  if (targets.length === 0 || targets.length % width !== 0) {
    throw new EvaluationError(
      `${where}: expected targets of shape [rows, ${width}], got ${targets.length} numbers; pass one row of ${width} labels for each image`,
    );
  }
  if (marginals.length !== targets.length) {
    throw new EvaluationError(
      `${where}: expected as many marginals as targets, got ${marginals.length} for ${targets.length}; pass the marginals of the same rows`,
    );
  }
  return targets.length / width;
}

/** One column of a row-major table. */
export function columnOf(table: ArrayLike<number>, column: number, width: number): Float64Array {
  return Float64Array.from({ length: table.length / width }, (_, row) => table[row * width + column]!);
}

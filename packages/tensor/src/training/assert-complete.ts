import { ShapeMismatchError } from '@sofd/core';
import { flattenTree, type ParameterTree } from '../parameter-tree.js';

/**
 * Checks that trees hold a tensor for every parameter, before anything is computed, so that a failure leaves nothing behind.
 *
 * @throws ShapeMismatchError naming the parameters that have none.
 */
export function assertComplete(where: string, params: ParameterTree, trees: readonly ParameterTree[]): void {
  const others = trees.map(flattenTree);
  const missing = [...flattenTree(params).keys()].filter((name) => others.some((tree) => !tree.has(name)));
  if (missing.length === 0) return;
  throw new ShapeMismatchError(
    `${where}: expected a gradient and a state for ${missing.join(', ')}, got none; pass trees of one structure, and the state of these parameters.`,
  );
}

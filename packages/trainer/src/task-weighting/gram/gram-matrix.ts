import type { FlatParameters } from '@sofd/model';
import { disposeTree } from '@sofd/tensor';
import { readInnerProduct } from '../../hypergradients/inner-product.js';
import type { LossPass } from '../../objective/objective.js';

/** G_ij = ⟨∇L_i, ∇L_j⟩ over all parameters that train, symmetric; [tasks][tasks]. */
export type GramMatrix = readonly (readonly number[])[];

/** A weight of one for one task, of zero for the others. */
export const selectTask = (task: number, tasks: number): number[] =>
  Array.from({ length: tasks }, (_, other) => (other === task ? 1 : 0));

/**
 * The inner products of the gradients of all tasks. Every combination of the gradients, projections and norms among them,
 * can be worked out from them in float64.
 *
 * A pass back a task. All gradients are on the device at once, until the last product is known.
 *
 * @param now - the losses at the current parameters
 * @param tasks - how many there are
 * @returns G, read from the device
 */
export async function computeGramMatrix(now: LossPass, tasks: number): Promise<GramMatrix> {
  const gradients: FlatParameters[] = [];
  const matrix = Array.from({ length: tasks }, () => new Array<number>(tasks).fill(0));
  try {
    for (let row = 0; row < tasks; row++) {
      gradients.push(now.gradients(selectTask(row, tasks)));
      for (let column = 0; column <= row; column++) {
        const product = await readInnerProduct(gradients[row]!, gradients[column]!);
        matrix[row]![column] = product;
        matrix[column]![row] = product;
      }
    }
  } finally {
    for (const tree of gradients) disposeTree(tree);
  }
  return matrix;
}

/** x^T G y = ⟨Σ x_i g_i, Σ y_j g_j⟩. */
export const computeProduct = (gram: GramMatrix, x: readonly number[], y: readonly number[]): number =>
  gram.reduce((sum, row, i) => sum + x[i]! * row.reduce((inner, entry, j) => inner + entry * y[j]!, 0), 0);

/** ‖Σ x_i g_i‖; what rounding makes negative is zero. */
export const computeNorm = (gram: GramMatrix, x: readonly number[]): number =>
  Math.sqrt(Math.max(computeProduct(gram, x, x), 0));

import { restoreWith, type WeightsState, weightsSchema } from '../states.js';
import type { TaskWeighting, WeightingContext } from '../task-weighting.js';
import { computeGramMatrix, type GramMatrix } from './gram-matrix.js';

/** The coefficients of the task gradients in the direction of a step. */
type Combine = (gram: GramMatrix, context: WeightingContext) => readonly number[] | Promise<readonly number[]>;

/**
 * A rule whose weights follow from the inner products of this step's gradients alone: a pass back a task, besides that of
 * the step.
 *
 * @param name - of the rule
 * @param combine - from the Gram matrix to the weights
 */
export function createGramWeighting(name: string, combine: Combine): TaskWeighting<WeightsState> {
  return {
    name,
    usesHeldOut: false,
    init: (tasks) => ({ weights: tasks.map(() => 1) }),
    restore: restoreWith(weightsSchema, name),
    weights: (state) => state.weights,
    async update({ weights }, context) {
      const gram = await computeGramMatrix(context.now, weights.length);
      return { weights: await combine(gram, context) };
    },
  };
}

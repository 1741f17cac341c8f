import { restoreWith, type WeightsState, weightsSchema } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

/**
 * The same weight, one, for every task: the baseline of all weightings.
 *
 * @example
 * ```ts
 * await train({ ...options, weighting: equal() });
 * ```
 */
export function equal(): TaskWeighting<WeightsState> {
  return {
    name: 'equal',
    usesHeldOut: false,
    init: (tasks) => ({ weights: tasks.map(() => 1) }),
    restore: restoreWith(weightsSchema, 'equal'),
    weights: (state) => state.weights,
    update: async (state) => state,
  };
}

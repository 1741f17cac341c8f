import { CheckpointFormatError, parseWith } from '@sofd/core';
import * as v from 'valibot';
import type { TaskWeighting } from '../task-weighting.js';

const stateSchema = v.strictObject({ weights: v.array(v.number()) });

/** The constant weights. */
export type EqualState = v.InferOutput<typeof stateSchema>;

/**
 * The same weight, one, for every task: the baseline of all weightings.
 *
 * @example
 * ```ts
 * await train({ ...options, weighting: equal() });
 * ```
 */
export function equal(): TaskWeighting<EqualState> {
  return {
    name: 'equal',
    usesHeldOut: false,
    init: (tasks) => ({ weights: tasks.map(() => 1) }),
    restore: (json) => parseWith(stateSchema, json, 'state of the weighting equal', CheckpointFormatError),
    weights: (state) => state.weights,
    update: async (state) => state,
  };
}

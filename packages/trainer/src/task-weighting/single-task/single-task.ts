import { InvalidOptionError, parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { type TaskName, taskNames } from '../../loss/tasks.js';
import { restoreWith, type WeightsState, weightsSchema } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

/** The options of {@link singleTask}, for schemas of experiments. */
export const singleTaskOptions = v.strictObject({ task: v.optional(v.picklist(taskNames), 'primary') });

/** Options of {@link singleTask}. */
export interface SingleTaskOptions {
  /** The task that trains. @default 'primary' */
  readonly task?: TaskName;
}

/**
 * Weight one for one task, zero for the others: the baseline that tells what the other tasks are good for.
 *
 * @param options - the task
 * @throws InvalidOptionError for a task that does not exist
 * @example
 * ```ts
 * await train({ ...options, weighting: singleTask({ task: 'primary' }) });
 * ```
 */
export function singleTask(options: SingleTaskOptions = {}): TaskWeighting<WeightsState> {
  const { task } = parseOptions(singleTaskOptions, options, 'singleTask');
  const name = `single-task/${task}`;
  return {
    name,
    usesHeldOut: false,
    init(tasks) {
      if (!tasks.includes(task))
        throw new InvalidOptionError(
          `singleTask: expected one of the tasks ${tasks.join(', ')}, got ${task}; name one of them.`,
        );
      return { weights: tasks.map((other) => (other === task ? 1 : 0)) };
    },
    restore: restoreWith(weightsSchema, name),
    weights: (state) => state.weights,
    update: async (state) => state,
  };
}

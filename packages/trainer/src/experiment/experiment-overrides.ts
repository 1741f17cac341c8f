import type { Batch, LabelGraph } from '@sofd/core';
import type { TaskLosses } from '../loss/fidelity-loss.js';
import type { TaskWeighting } from '../task-weighting/task-weighting.js';

/**
 * Values of your own that an experiment file exports beside the experiment, which is plain JSON and can only name what sofd
 * has. A run is resumed with overrides of the same names; whether they compute the same is for you to see to.
 *
 * @example
 * ```ts
 * import { type ExperimentOverrides, equal } from '@sofd/trainer';
 *
 * export const overrides: ExperimentOverrides = {
 *   weighting: { ...equal(), name: 'primary-only', weights: () => [1, 0, 0] },
 * };
 * ```
 */
export interface ExperimentOverrides {
  /** In place of the experiment's `weighting`. */
  readonly weighting?: TaskWeighting;
  /** In place of the fidelity loss. */
  readonly loss?: TaskLosses;
  /**
   * Metrics beside those that every validation has; more of them is better where `monitor` names them.
   *
   * @param logits - [set.size, labels], row-major
   * @param set - the validation rows
   * @param graph - the label graph, whose order that of the labels is
   */
  evaluate?(
    logits: Float32Array,
    set: Batch,
    graph: LabelGraph,
  ): Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
}

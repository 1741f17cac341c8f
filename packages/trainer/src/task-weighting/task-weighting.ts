import type { FlatParameters } from '@sofd/model';
import type { OptimizerState } from '@sofd/tensor/training';
import type { LossPass, TaskObjective } from '../objective/objective.js';

/** What a task weighting may look at before a step. It disposes of what it computes, and of nothing that it is given. */
export interface WeightingContext {
  /** Steps done so far. */
  readonly step: number;
  /** Epochs of the training set done so far. */
  readonly epoch: number;
  /** The parameters before the step. */
  readonly trainable: FlatParameters;
  /** The optimizer's memory before the step. */
  readonly optimizer: OptimizerState;
  /** The learning rate of this step. */
  readonly learningRate: number;
  /** The weight decay of the run. */
  readonly weightDecay: number;
  /** The losses on the training batch of this step at `trainable`; the step itself uses this pass too. */
  readonly now: LossPass;
  /** The losses on the training batch of this step at other parameters. */
  readonly training: TaskObjective;
  /** The losses on a batch of the held-out set; of the training batch for a weighting that does not ask for one. */
  readonly heldOut: TaskObjective;
}

/**
 * A rule that weights the losses of the tasks against each other, a step at a time. It holds no state of its own, so a
 * run can be saved and resumed; the state is plain JSON.
 *
 * A new one is a new folder here, and a value that is given to `train`.
 */
export interface TaskWeighting<State = unknown> {
  /** Names it in records; a run can be resumed only with the weighting it was started with. */
  readonly name: string;
  /** Whether `update` reads `heldOut`. */
  readonly usesHeldOut: boolean;
  /** The state before the first step. */
  init(tasks: readonly string[]): State;
  /** The state from a file. */
  restore(json: unknown): State;
  /** The weights that a state stands for, one a task. */
  weights(state: State): readonly number[];
  /** The state whose weights this step uses. */
  update(state: State, context: WeightingContext): Promise<State>;
  /**
   * The state after the step, for a rule that learns from what the step did. Where it is given, every step costs one
   * more pass forward.
   *
   * @param losses - L_i on the training batch of the step, before and after it
   */
  observe?(state: State, losses: { readonly before: readonly number[]; readonly after: readonly number[] }): State;
}

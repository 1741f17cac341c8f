import type { FlatParameters } from '@sofd/model';
import type { Tensor } from '@sofd/tensor';

/** The losses of all tasks as a function of the parameters that train; the batch is fixed. Returns [tasks]. */
export type TaskLossFunction = (trainable: FlatParameters) => Tensor;

/** What a task weighting may look at before a step. It disposes of what it computes, and of nothing that it is given. */
export interface WeightingContext {
  /** The parameters before the step. */
  readonly trainable: FlatParameters;
  /** The learning rate of this step. */
  readonly learningRate: number;
  /** The weight decay of the run. */
  readonly weightDecay: number;
  /** The losses on the training batch of this step. */
  readonly trainingLosses: TaskLossFunction;
  /** The losses on a batch of the held-out set; of the training batch for a weighting that does not ask for one. */
  readonly heldOutLosses: TaskLossFunction;
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
  /** Whether `update` reads `heldOutLosses`. */
  readonly usesHeldOut: boolean;
  /** The state before the first step. */
  init(tasks: readonly string[]): State;
  /** The state from a file. */
  restore(json: unknown): State;
  /** The weights that a state stands for, one a task. */
  weights(state: State): readonly number[];
  /** The state whose weights this step uses. */
  update(state: State, context: WeightingContext): Promise<State>;
}

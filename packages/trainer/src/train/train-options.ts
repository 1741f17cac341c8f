import type { Batch, BatchSource, LabelGraph } from '@sofd/core';
import type { ModelConfig, ModelParameters, TokenBatch, Trainable, WeightArrays } from '@sofd/model';
import type { TaskLosses } from '../loss/fidelity-loss.js';
import type { RunState } from '../run-state/run-state.js';
import type { Schedule } from '../schedule/schedule.js';
import type { TaskWeighting } from '../task-weighting/task-weighting.js';
import type { StepRecord } from './step-record.js';
import type { ValidationRecord } from './validations.js';

/** A measurement on data that training does not see. */
export interface Validation {
  /** All rows; as in training, images or features. */
  readonly set: Batch;
  /** Steps from one measurement to the next; the last step has one in any case. */
  readonly every: number;
  /**
   * The metrics by name, for instance the AUC of the primary label and of every other.
   *
   * @param logits - [set.size, labels], row-major
   * @param set - the rows
   */
  evaluate(
    logits: Float32Array,
    set: Batch,
  ): Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
  /** The metric by which a run stops early and by which its best parameters are chosen; more is better. `auc` where not given. */
  readonly monitor?: string;
}

/** When a run ends before its last step. */
export interface EarlyStop {
  /** Validations without an improvement after which the run ends. */
  readonly patience: number;
  /** What the monitored metric must gain to count as improved; 0 where not given. */
  readonly minDelta?: number | undefined;
}

/** Parameters that were among the best of a run when they were validated. */
export interface BestParameters {
  readonly validation: ValidationRecord;
  /** The parameters that train; their average where the run keeps one. */
  readonly trainable: WeightArrays;
}

/** Options of `train`. */
export interface TrainOptions {
  readonly config: ModelConfig;
  readonly graph: LabelGraph;
  /** Where training batches come from. */
  readonly training: BatchSource;
  /** Where the batches come from by which task weights are judged: people that `training` does not show. */
  readonly heldOut?: BatchSource;
  readonly validation?: Validation;
  /** Steps of the whole run. */
  readonly steps: number;
  /** AdamW's learning rate at the schedule's factor one. */
  readonly learningRate: number;
  /** How the rate changes; constant where not given. */
  readonly schedule?: Schedule;
  /** AdamW's decoupled weight decay, on every parameter that trains. */
  readonly weightDecay?: number;
  /** Batches whose gradients are averaged in a step, one in memory at a time; 1 where not given. */
  readonly accumulate?: number;
  /** The largest norm of a step's gradient: a longer one is shortened to it. */
  readonly clipNorm?: number;
  /**
   * The part of the parameters' running average that a step keeps, below 1. Where it is given, the average is what is
   * validated and returned.
   */
  readonly emaDecay?: number;
  /** The loss of every task; the fidelity loss where not given. */
  readonly loss?: TaskLosses;
  /** Which parameters train; all that can where not given. The others stay as they start. */
  readonly trainable?: Trainable;
  /** How the tasks' losses are weighted against each other. */
  readonly weighting: TaskWeighting;
  /** Draws the initial parameters where `initial` does not give them. */
  readonly seed: number | string;
  /** Parameters to start from. They stay the caller's, who may dispose of them once `train` has been called: it holds its own. */
  readonly initial?: ModelParameters;
  /** Token ids of the graph's prompts, where another tokenizer made them; `config`'s own makes them otherwise. */
  readonly tokens?: TokenBatch;
  /** Is told of every step. */
  readonly onStep?: (record: StepRecord) => void;
  /** Ends the run between two steps: its state is saved, then `train` throws an AbortedError. */
  readonly signal?: AbortSignal;
  /** Ends the run when validation no longer improves. */
  readonly earlyStop?: EarlyStop;
  /** Continues a run from where `save` was given this state, to the same numbers bit for bit. */
  readonly resumeFrom?: RunState;
  /** Steps from one `save` to the next. */
  readonly saveEvery?: number;
  /** Keeps a state; called every `saveEvery` steps, after the last one, and before an error ends the run. */
  readonly save?: (state: RunState) => void | Promise<void>;
  /** How many of the best parameters of the run `saveBest` is given; 0 where not given. */
  readonly keepBest?: number;
  /** Is given the parameters of a validation that is among the `keepBest` best so far, before the state is next saved. */
  readonly saveBest?: (best: BestParameters) => void | Promise<void>;
}

/** What `train` returns. */
export interface TrainResult {
  /** The trained parameters (their average where the run keeps one), the frozen ones among them; the caller disposes of them. */
  readonly params: ModelParameters;
  /** Steps done, those before a resumption included. */
  readonly step: number;
  /** Why the run ended: all steps done, or no improvement any more. */
  readonly ended: 'steps' | 'early';
  /** A record of every step since the run began or was resumed. */
  readonly history: readonly StepRecord[];
  /** All validations, those before a resumption included. */
  readonly validations: readonly ValidationRecord[];
  /** The weights of the tasks at the end. */
  readonly taskWeights: Readonly<Record<string, number>>;
}

import type { Batch, BatchSource, LabelGraph } from '@sofd/core';
import type { ModelConfig, ModelParameters, TokenBatch, Trainable } from '@sofd/model';
import type { RunState } from '../run-state/run-state.js';
import type { Schedule } from '../schedule/schedule.js';
import type { TaskWeighting } from '../task-weighting/task-weighting.js';
import type { StepRecord } from './step-record.js';

/** A measurement on data that training does not see. */
export interface Validation {
  /** All rows; as in training, images or features. */
  readonly set: Batch;
  /** Steps from one measurement to the next; the last step has one in any case. */
  readonly every: number;
  /**
   * The metric, for instance the AUC of the primary label.
   *
   * @param logits - [set.size, labels], row-major
   * @param set - the rows
   */
  evaluate(logits: Float32Array, set: Batch): number | Promise<number>;
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
  /** Which parameters train; all that can where not given. The others stay as they start. */
  readonly trainable?: Trainable;
  /** How the tasks' losses are weighted against each other. */
  readonly weighting: TaskWeighting;
  /** Draws the initial parameters where `initial` does not give them. */
  readonly seed: number | string;
  /** Parameters to start from; they stay the caller's. */
  readonly initial?: ModelParameters;
  /** Token ids of the graph's prompts, where another tokenizer made them; `config`'s own makes them otherwise. */
  readonly tokens?: TokenBatch;
  /** Is told of every step. */
  readonly onStep?: (record: StepRecord) => void;
  /** Ends the run between two steps: its state is saved, then `train` throws an AbortedError. */
  readonly signal?: AbortSignal;
  /** Continues a run from where `save` was given this state, to the same numbers bit for bit. */
  readonly resumeFrom?: RunState;
  /** Steps from one `save` to the next. */
  readonly saveEvery?: number;
  /** Keeps a state; called every `saveEvery` steps, after the last one, and before an error ends the run. */
  readonly save?: (state: RunState) => void | Promise<void>;
}

/** What `train` returns. */
export interface TrainResult {
  /** The trained parameters, the frozen ones among them; the caller disposes of them. */
  readonly params: ModelParameters;
  /** A record of every step, those before a resumption included. */
  readonly history: readonly StepRecord[];
  /** The weights of the tasks at the end. */
  readonly taskWeights: Readonly<Record<string, number>>;
}

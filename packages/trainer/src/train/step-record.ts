import type { PerTask } from '../loss/tasks.js';

/** What one step of training did. */
export interface StepRecord {
  /** Counted from 1. */
  readonly step: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** The losses of the tasks on the training batch, before the step's update. */
  readonly losses: PerTask;
  /** The weights with which the losses were added up. */
  readonly taskWeights: PerTask;
  readonly learningRate: number;
  /** The norm of the gradient before it was clipped; in runs that clip. */
  readonly gradientNorm?: number;
  /** What the validation gave after the step's update, by metric, at the steps that had one. */
  readonly validation?: Readonly<Record<string, number>>;
}

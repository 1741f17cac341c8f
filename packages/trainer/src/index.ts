export { type ArraySourceOptions, createArraySource } from './data/array-source.js';
export {
  defineExperiment,
  type Experiment,
  type ExperimentInput,
  experimentSchema,
  type ResolvedExperiment,
  resolveExperiment,
} from './experiment/experiment.js';
export { exact } from './hypergradients/exact/exact.js';
export {
  type FiniteDifferenceResult,
  finiteDifference,
} from './hypergradients/finite-difference/finite-difference.js';
export type { Hypergradient, HypergradientInput, HypergradientResult } from './hypergradients/hypergradient.js';
export { computeTaskLosses, type FidelityOptions, fidelityLoss } from './loss/fidelity-loss.js';
export {
  computeLogitGradients,
  computeMarginalGradients,
  computeTaskLossValues,
  fidelityLossValue,
} from './loss/fidelity-values.js';
export { type PerTask, type TaskName, taskNames } from './loss/tasks.js';
export { decodeRunState, encodeRunState, type RunState } from './run-state/run-state.js';
export { createSchedule, type Schedule, type ScheduleOptions } from './schedule/schedule.js';
export type { AdamNumbers } from './task-weighting/auto-lambda/adam-numbers.js';
export { type AutoLambdaOptions, type AutoLambdaState, autoLambda } from './task-weighting/auto-lambda/auto-lambda.js';
export { type EqualState, equal } from './task-weighting/equal/equal.js';
export type { TaskLossFunction, TaskWeighting, WeightingContext } from './task-weighting/task-weighting.js';
export type { StepRecord } from './train/step-record.js';
export { train } from './train/train.js';
export type { TrainOptions, TrainResult, Validation } from './train/train-options.js';

export { type ArraySourceOptions, createArraySource } from './data/array-source.js';
export {
  type BatchWait,
  type BatchWaits,
  type PrefetchedSource,
  type PrefetchOptions,
  prefetchBatches,
} from './data/prefetch-batches.js';
export {
  countSteps,
  defineExperiment,
  type Experiment,
  type ExperimentInput,
  experimentSchema,
  type ResolvedExperiment,
  resolveExperiment,
} from './experiment/experiment.js';
export type { ExperimentOverrides } from './experiment/experiment-overrides.js';
export { exact } from './hypergradients/exact/exact.js';
export {
  type FiniteDifferenceResult,
  finiteDifference,
} from './hypergradients/finite-difference/finite-difference.js';
export type { Hypergradient, HypergradientInput, HypergradientResult } from './hypergradients/hypergradient.js';
export {
  encodeTensorBoardFile,
  encodeTensorBoardHeader,
  encodeTensorBoardStep,
  toTensorBoardScalars,
} from './logs/index.js';
export { adamWLookAhead } from './look-ahead/adam-w/adam-w.js';
export type { LookAhead, LookAheadInput, LookAheadStep } from './look-ahead/look-ahead.js';
export { sgdLookAhead } from './look-ahead/sgd/sgd.js';
export { computeTaskLosses, type FidelityOptions, fidelityLoss, type TaskLosses } from './loss/fidelity-loss.js';
export {
  computeLogitGradients,
  computeMarginalGradients,
  computeTaskLossValues,
  fidelityLossValue,
} from './loss/fidelity-values.js';
export { type PerTask, type TaskName, taskNames } from './loss/tasks.js';
export { createObjective, type LossPass, type TaskLossFunction, type TaskObjective } from './objective/objective.js';
export { decodeRunState, encodeRunState, type RunState } from './run-state/run-state.js';
export { createSchedule, type Schedule, type ScheduleOptions } from './schedule/schedule.js';
export type { AdamNumbers } from './task-weighting/adam-numbers.js';
export { type AutoLambdaOptions, type AutoLambdaState, autoLambda } from './task-weighting/auto-lambda/auto-lambda.js';
export { type CaGradOptions, caGrad } from './task-weighting/ca-grad/ca-grad.js';
export {
  type DynamicWeightAverageOptions,
  type DynamicWeightAverageState,
  dynamicWeightAverage,
} from './task-weighting/dynamic-weight-average/dynamic-weight-average.js';
export { equal } from './task-weighting/equal/equal.js';
export { type FamoOptions, type FamoState, famo } from './task-weighting/famo/famo.js';
export { type GradNormOptions, type GradNormState, gradNorm } from './task-weighting/grad-norm/grad-norm.js';
export { type MgdaOptions, mgda } from './task-weighting/mgda/mgda.js';
export { type PcGradOptions, pcGrad } from './task-weighting/pc-grad/pc-grad.js';
export { type SingleTaskOptions, singleTask } from './task-weighting/single-task/single-task.js';
export type { WeightsState } from './task-weighting/states.js';
export type { TaskWeighting, WeightingContext } from './task-weighting/task-weighting.js';
export {
  type UncertaintyOptions,
  type UncertaintyState,
  uncertainty,
} from './task-weighting/uncertainty/uncertainty.js';
export type { StepRecord } from './train/step-record.js';
export { train } from './train/train.js';
export type { BestParameters, EarlyStop, TrainOptions, TrainResult, Validation } from './train/train-options.js';
export { rankValidations, type ValidationRecord } from './train/validations.js';

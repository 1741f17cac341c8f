/**
 * Metrics, calibration, sampling and honest summaries for forgery detectors; reports live in `@sofd/evaluation/report`.
 *
 * @packageDocumentation
 */
export * from './calibration/index.js';
export {
  type EvaluateScoresOptions,
  type EvaluationSummary,
  evaluateScores,
  type LabelEvaluation,
} from './evaluate-scores.js';
export type { LabelTable } from './label-table.js';
export * from './metrics/index.js';
export * from './probe/index.js';
export * from './sampling/index.js';

export { accuracyAt } from './accuracy.js';
export { computeAuc } from './auc.js';
export { averagePrecision } from './average-precision.js';
export { brierScore } from './brier-score.js';
export {
  type CalibrationErrorOptions,
  computeReliability,
  expectedCalibrationError,
  type ReliabilityBin,
} from './calibration-error.js';
export { equalErrorRate } from './equal-error-rate.js';
export { logLoss } from './log-loss.js';
export { computeRoc, type RocCurve } from './roc.js';
export { tprAtFpr } from './tpr-at-fpr.js';

export { type ChooseThresholdOptions, type ChosenThreshold, chooseThreshold } from './choose-threshold.js';
export { chooseLabelThresholds, type LabelThresholdOptions } from './label-thresholds.js';
export {
  applyCalibration,
  fitPlattCalibration,
  type PlattCalibration,
  type PlattOptions,
} from './platt.js';
export {
  type ChooseVerdictOptions,
  chooseVerdictThresholds,
  decideVerdict,
  type Verdict,
  type VerdictThresholds,
} from './verdict.js';

export { type ChooseThresholdOptions, type ChosenThreshold, chooseThreshold } from './choose-threshold.js';
export { type ChooseVerdictOptions, type ChosenVerdictThresholds, chooseVerdictThresholds } from './choose-verdict.js';
export { chooseLabelThresholds, type LabelThresholdOptions } from './label-thresholds.js';
export {
  applyCalibration,
  fitPlattCalibration,
  type PlattCalibration,
  type PlattOptions,
} from './platt.js';

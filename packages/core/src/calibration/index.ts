export { computeCalibratedMarginals } from './calibrated-marginals.js';
export { decideVerdict, type Verdict, type VerdictThresholds } from './verdict.js';

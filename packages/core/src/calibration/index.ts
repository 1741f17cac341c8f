export { computeCalibratedMarginals } from './calibrated-marginals.js';

/**
 * Label graph, targets, marginals, errors, seeded random and file schemas of sofd.
 *
 * @packageDocumentation
 */
export * from './batch/index.js';
export * from './calibration/index.js';
export { describeValue } from './describe-value.js';
export * from './errors/index.js';
export * from './label-graph/index.js';
export * from './options/index.js';
export * from './random/index.js';
export * from './schemas/index.js';

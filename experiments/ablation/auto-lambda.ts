import { defineExperiment } from '@sofd/trainer';
import { base } from './base.js';

/** All three tasks, weighted so that the primary one improves on people held out. */
export const experiment = defineExperiment({ ...base, name: 'auto-lambda', weighting: { kind: 'auto-lambda' } });

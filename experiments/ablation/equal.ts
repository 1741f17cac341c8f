import { defineExperiment } from '@sofd/trainer';
import { base } from './base.js';

/** All three tasks, weighted alike. */
export const experiment = defineExperiment({ ...base, name: 'equal', weighting: { kind: 'equal' } });

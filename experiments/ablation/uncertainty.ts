import { defineExperiment } from '@sofd/trainer';
import { base } from './base.js';

/** All three tasks, weighted by their uncertainty. */
export const experiment = defineExperiment({ ...base, name: 'uncertainty', weighting: { kind: 'uncertainty' } });

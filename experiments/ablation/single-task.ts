import { defineExperiment } from '@sofd/trainer';
import { base } from './base.js';

/** The primary task alone: is it fake. */
export const experiment = defineExperiment({ ...base, name: 'single-task', weighting: { kind: 'single-task' } });

import { defineExperiment } from '@sofd/trainer';
import { base } from './base.js';

/** The primary task alone on what a frozen model sees: only the projections train. */
export const experiment = defineExperiment({
  ...base,
  name: 'linear-probe',
  trainable: 'head',
  weighting: { kind: 'single-task' },
});

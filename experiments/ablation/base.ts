import type { ExperimentInput } from '@sofd/trainer';

/** What the experiments of this folder share: a frozen stem, whose features are computed once, and all else trained. */
export const base = {
  model: 'demo',
  data: { folder: '../dataset' },
  steps: 600,
  batchSize: 32,
  learningRate: 1e-3,
  weightDecay: 0.1,
  validateEvery: 50,
  seed: 0,
} satisfies ExperimentInput;

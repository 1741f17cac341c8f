import { defineExperiment } from '@sofd/trainer';

/** A model that a laptop trains from nothing, with task weights judged by people that training does not show. */
export const experiment = defineExperiment({
  name: 'small',
  model: 'small',
  data: { folder: 'dataset', heldOut: 0.2, augment: 'tone' },
  steps: 2000,
  batchSize: 32,
  learningRate: 5e-4,
  weightDecay: 0.05,
  clipNorm: 1,
  emaDecay: 0.99,
  schedule: { kind: 'cosine', warmupSteps: 100 },
  validateEvery: 100,
  saveEvery: 100,
  earlyStop: { patience: 8 },
});

import { defineExperiment } from '@sofd/trainer';

/**
 * The recipe of the authors' release: CLIP ViT-B/32 with both towers trained, 20 epochs of batches of 32, a cosine of five
 * epochs that changes every epoch, Auto-lambda judged by the training list in another order.
 *
 * Needs two folders beside this file: `clip`, which `sofd convert` makes of CLIP's weights, and `dataset`, from `sofd expand`.
 */
export const experiment = defineExperiment({
  name: 'official',
  initialCheckpoint: 'clip',
  graph: 'faceForensics',
  data: { folder: 'dataset', heldOut: 'reshuffle', augment: 'corruptions' },
  epochs: 20,
  batchSize: 32,
  learningRate: 6e-7,
  weightDecay: 1e-3,
  schedule: { kind: 'cosine', period: 5, per: 'epoch', skipZero: true },
  weighting: {
    kind: 'auto-lambda',
    hypergradient: 'finite-difference',
    lookAhead: 'sgd',
    learningRate: 1e-3,
    initial: 1,
  },
  validateEvery: 500,
  saveEvery: 500,
});

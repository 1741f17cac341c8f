import type { CheckpointContents } from '@sofd/model';

/** What a checkpoint says besides its model; for a model that has learnt nothing. */
export const checkpointFacts: Omit<CheckpointContents, 'name' | 'graph' | 'config' | 'params'> = {
  input: {
    imageSize: 32,
    crop: 'arcface-1.3/v1',
    resize: 'bicubic-antialias',
    mean: [0.481, 0.458, 0.408],
    std: [0.269, 0.261, 0.276],
  },
  calibration: { kind: 'identity' },
  thresholds: { fake: 0.5, labels: {} },
  licence: { weights: 'Apache-2.0', data: 'none', note: 'Random weights.' },
  training: { steps: 0 },
};

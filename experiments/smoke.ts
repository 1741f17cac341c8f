import { defineExperiment } from '@sofd/trainer';

/** Runs all of `sofd train` in less than a minute, its data set included; the same bytes every time on one engine. */
export const experiment = defineExperiment({
  name: 'smoke',
  model: 'tiny',
  data: {
    photographs: [1, 2, 3, 4, 5, 6].map((number) => `npm:@vladmandic/face-api/demo/sample${number}.jpg`),
    expand: { perFace: 2 },
  },
  steps: 40,
  batchSize: 16,
  emaDecay: 0.9,
  clipNorm: 1,
  validateEvery: 10,
  saveEvery: 5,
});

export { computeMeanInterval, type MeanInterval } from '../report/training-report/mean-interval.js';
export { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from './bootstrap.js';
export {
  type ComparePairedOptions,
  comparePaired,
  type PairedComparison,
  type PairedFigure,
  type PairedModel,
} from './compare-paired.js';
export { type FramePickRule, type PickFramesOptions, pickFrames } from './pick-frames.js';
export { scoreVideos, type VideoFrames, type VideoScore } from './score-videos.js';

export { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from './bootstrap.js';
export { type FramePickRule, type PickFramesOptions, pickFrames } from './pick-frames.js';
export { scoreVideos, type VideoFrames, type VideoScore } from './score-videos.js';

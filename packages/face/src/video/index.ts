export { openVideo } from './open-video.js';
export type { Video, VideoFrame, VideoFrameOptions, VideoSource } from './video.js';

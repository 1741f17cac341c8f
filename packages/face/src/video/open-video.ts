import { ImageDecodeError, parseOptions, throwIfAborted } from '@sofd/core';
import * as v from 'valibot';
import { videoPlatform } from '#face/video/platform';
import { assertAcceptableSize } from '../image/size-limit.js';
import { chooseFrames, computeDuration } from './choose-frames.js';
import type { VideoFile } from './platform/platform.js';
import type { Video, VideoFrame, VideoFrameOptions, VideoSource } from './video.js';

const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)));
const frameOptionsSchema = v.pipe(
  v.strictObject({
    frames: count,
    fps: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0))),
    every: count,
    signal: v.optional(v.instance(AbortSignal)),
    maxPixels: v.optional(v.pipe(v.number(), v.minValue(1)), 50e6),
  }),
  v.check(
    ({ frames, fps, every }) => [frames, fps, every].filter((value) => value !== undefined).length < 2,
    'at most one of frames, fps and every',
  ),
);

async function* readFrames(
  file: VideoFile,
  closing: AbortSignal,
  options: VideoFrameOptions,
): AsyncGenerator<VideoFrame, void> {
  const where = 'Video.frames';
  const { signal, maxPixels, ...choice } = parseOptions(frameOptionsSchema, options, where);
  assertAcceptableSize(file, maxPixels, 'the video');
  const either = signal ? AbortSignal.any([signal, closing]) : closing;
  throwIfAborted(either, where);
  const indices = chooseFrames(file.times, choice);
  let read = 0;
  try {
    for await (const image of file.read(indices, either)) {
      const index = indices[read++]!;
      yield { index, timeSeconds: file.times[index]!, image };
      throwIfAborted(either, where);
    }
  } catch (error) {
    // A decoder that was stopped complains in its own words.
    throwIfAborted(either, where);
    throw error;
  }
  throwIfAborted(either, where);
  if (read < indices.length) {
    throw new ImageDecodeError(
      `${where}: expected frame ${indices[read]}, the video ends before it; copy or download it again.`,
    );
  }
}

/**
 * Opens a video whose frames are then read as images.
 *
 * In Node the system's `ffmpeg` and `ffprobe` read the file, named by the environment variable `SOFD_FFMPEG` if they are not on
 * the path; in browsers mediabunny and the browser's decoders. Both choose the same frames of a file.
 * @param source path or `file:` URL (Node), URL (browsers), or the file's bytes
 * @returns the video; close it when done
 * @throws ImageDecodeError when there is no such file, or it is not a video, or it is damaged
 * @throws BackendUnavailableError when there is no ffmpeg, or the browser has no decoder for the video
 * @example
 * ```ts no-run: needs ffmpeg and a video
 * import { openVideo } from '@sofd/face/video';
 *
 * const video = await openVideo('interview.mp4');
 * for await (const { index, timeSeconds, image } of video.frames({ frames: 32 })) {
 *   console.log(index, timeSeconds, image.width);
 * }
 * await video.close();
 * ```
 */
export async function openVideo(source: VideoSource): Promise<Video> {
  const file = await videoPlatform.openFile(source);
  const closing = new AbortController();
  return {
    durationSeconds: computeDuration(file.times),
    frameCount: file.times.length,
    width: file.width,
    height: file.height,
    frames: (options = {}) => readFrames(file, closing.signal, options),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort(new Error('the video was closed'));
      await file.close();
    },
  };
}

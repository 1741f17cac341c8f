import type { PixelImage } from '../image/pixel-image.js';

/** One picture of a {@link Video}. */
export interface VideoFrame {
  /** Its place in the order of showing, 0 for the first. */
  readonly index: number;
  /** When it is shown, in seconds after the first frame. */
  readonly timeSeconds: number;
  readonly image: PixelImage;
}

/** Which frames of a video are wanted; at most one of `frames`, `fps` and `every`. Default: all. */
export interface VideoFrameOptions {
  /** So many frames: those on show in the middles of as many equal parts of the video. Fewer if it has fewer. */
  readonly frames?: number | undefined;
  /** So many frames a second: those on show at 0, 1 / fps, 2 / fps ... seconds, each once. */
  readonly fps?: number | undefined;
  /** Every so manyth frame, from the first on. */
  readonly every?: number | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Larger frames are refused. Default 50 million. */
  readonly maxPixels?: number | undefined;
}

/** A video whose frames can be read; it holds its file until it is closed. */
export interface Video {
  /** From the first frame's start to the last one's end, which lasts as long as the others on average. 0 for a single frame. */
  readonly durationSeconds: number;
  /** Number of frames; null where it is not known before all are read. */
  readonly frameCount: number | null;
  /** Width in pixels as shown: after the turn that the file asks for, with square pixels. */
  readonly width: number;
  /** Height in pixels as shown. */
  readonly height: number;
  /**
   * Reads frames in the order of showing. A frame is decoded when it is asked for, so memory holds a few at a time.
   * @throws InvalidOptionError when an option is unknown or out of range
   * @throws ImageSizeError when frames have more than `maxPixels`
   * @throws ImageDecodeError when the video turns out damaged
   * @throws AbortedError when `signal` is aborted
   */
  frames(options?: VideoFrameOptions): AsyncIterable<VideoFrame>;
  /** Ends every reading and lets go of the file. */
  close(): Promise<void>;
}

/** A video: path or `file:` URL (Node), an URL (browsers), or the file's bytes. */
export type VideoSource = string | URL | Blob | Uint8Array;

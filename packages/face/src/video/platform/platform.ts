import type { PixelImage } from '../../image/pixel-image.js';
import type { VideoSource } from '../video.js';

/** An open video file. */
export interface VideoFile {
  /** Size in pixels as shown. */
  readonly width: number;
  readonly height: number;
  /** When each frame is shown, in seconds after the first; ascending. */
  readonly times: readonly number[];
  /** Reads frames by ascending number, none before it is asked for. Ending the iteration early frees the decoder. */
  read(indices: readonly number[], signal: AbortSignal): AsyncGenerator<PixelImage, void>;
  close(): Promise<void>;
}

/** What Node and browsers do differently. Both `node.ts` and `browser.ts` export this as `videoPlatform`. */
export interface VideoPlatform {
  openFile(source: VideoSource): Promise<VideoFile>;
}

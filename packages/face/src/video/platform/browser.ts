import { BackendUnavailableError, ImageDecodeError } from '@sofd/core';
import type { Input, InputVideoTrack, VideoSample } from 'mediabunny';
import type { PixelImage } from '../../image/pixel-image.js';
import { createCanvasContext, dropAlpha } from '../../platform/browser-canvas.js';
import type { VideoSource } from '../video.js';
import type { VideoFile, VideoPlatform } from './platform.js';

type Mediabunny = typeof import('mediabunny');

function createDamageError(cause?: unknown): ImageDecodeError {
  const reason = cause instanceof Error ? ` (${cause.message.split('\n')[0]})` : '';
  return new ImageDecodeError(
    `openVideo: expected a video that this browser reads, the source is not one or is damaged${reason}; play it, or copy it again.`,
    { cause },
  );
}

function createInput(
  { ALL_FORMATS, BlobSource, BufferSource, Input, UrlSource }: Mediabunny,
  source: VideoSource,
): Input {
  if (source instanceof Blob) return new Input({ formats: ALL_FORMATS, source: new BlobSource(source) });
  if (source instanceof Uint8Array) return new Input({ formats: ALL_FORMATS, source: new BufferSource(source) });
  if (typeof source === 'string' || source instanceof URL) {
    const url = new URL(source, globalThis.location.href);
    return new Input({ formats: ALL_FORMATS, source: new UrlSource(url) });
  }
  throw new ImageDecodeError(
    `openVideo: expected an URL, blob or bytes, got ${typeof source}; read the file into a Uint8Array.`,
  );
}

// Below this height a file that names no matrix of colours means BT.601, from it on BT.709.
const hdHeight = 720;

/** When the frames are shown in the file's own seconds, ascending; what an edit list cuts off lies before 0. */
async function readTimestamps({ EncodedPacketSink }: Mediabunny, track: InputVideoTrack): Promise<number[]> {
  const times: number[] = [];
  for await (const { timestamp } of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    if (timestamp >= 0) times.push(timestamp);
  }
  return times.sort((a, b) => a - b);
}

/**
 * The same frame under the colours that ffmpeg would take it for: the matrix that the file names or, if none, the usual one of its
 * height. Browsers guess otherwise, and convert primaries and transfer too.
 */
async function relabel({ VideoSample }: Mediabunny, sample: VideoSample, matrix: VideoMatrixCoefficients | null) {
  if (!sample.format || sample.format.startsWith('RGB') || sample.format.startsWith('BGR')) return sample;
  const { format, codedWidth, codedHeight, timestamp, rotation, flip } = sample;
  const planes = new Uint8Array(sample.allocationSize());
  await sample.copyTo(planes);
  const colorSpace: VideoColorSpaceInit = {
    primaries: 'bt709',
    transfer: 'iec61966-2-1',
    matrix: matrix ?? (codedHeight >= hdHeight ? 'bt709' : 'smpte170m'),
    fullRange: sample.colorSpace.fullRange ?? false,
  };
  sample.close();
  return new VideoSample(planes, { format, codedWidth, codedHeight, timestamp, rotation, flip, colorSpace });
}

function toPixels(sample: VideoSample, context: OffscreenCanvasRenderingContext2D): PixelImage {
  const { width, height } = context.canvas;
  sample.draw(context, 0, 0, width, height);
  return dropAlpha(context.getImageData(0, 0, width, height));
}

async function* readFrames(
  mediabunny: Mediabunny,
  track: InputVideoTrack,
  {
    file,
    moments,
    signal,
  }: { readonly file: VideoFile; readonly moments: readonly number[]; readonly signal: AbortSignal },
): AsyncGenerator<PixelImage, void> {
  const context = createCanvasContext(file, 'Video.frames');
  const { matrix = null } = await track.getColorSpace();
  try {
    for await (const sample of new mediabunny.VideoSampleSink(track).samplesAtTimestamps(moments)) {
      if (signal.aborted || !sample) {
        sample?.close();
        return;
      }
      const labelled = await relabel(mediabunny, sample, matrix);
      const image = toPixels(labelled, context);
      labelled.close();
      yield image;
    }
  } catch (cause) {
    throw createDamageError(cause);
  }
}

async function openTrack(mediabunny: Mediabunny, input: Input): Promise<VideoFile> {
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw createDamageError();
  const codec = await track.getCodec();
  if (!(await track.canDecode())) {
    throw new BackendUnavailableError(
      `openVideo: expected a video that this browser decodes, got codec ${codec ?? 'unknown'}; convert it to H.264, VP9 or AV1.`,
    );
  }
  const timestamps = await readTimestamps(mediabunny, track);
  if (timestamps.length === 0) throw createDamageError();
  const file: VideoFile = {
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    times: timestamps.map((time) => time - timestamps[0]!),
    read: (indices, signal) =>
      readFrames(mediabunny, track, { file, moments: indices.map((index) => timestamps[index]!), signal }),
    close: async () => input.dispose(),
  };
  return file;
}

async function openFile(source: VideoSource): Promise<VideoFile> {
  // Large, and only those who read videos need it.
  const mediabunny = await import('mediabunny');
  const input = createInput(mediabunny, source);
  try {
    return await openTrack(mediabunny, input);
  } catch (cause) {
    input.dispose();
    if (cause instanceof ImageDecodeError || cause instanceof BackendUnavailableError) throw cause;
    throw createDamageError(cause);
  }
}

/** Browsers: mediabunny reads the file, WebCodecs decodes, a canvas turns and converts to RGB. */
export const videoPlatform: VideoPlatform = { openFile };

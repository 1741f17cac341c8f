import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { BackendUnavailableError, ImageDecodeError } from '@sofd/core';
import type { PixelImage } from '../../image/pixel-image.js';
import type { VideoSource } from '../video.js';
import type { VideoFile, VideoPlatform } from './platform.js';

// An expression of more terms is not evaluated for each frame; all frames of the range are sent instead.
const mostSelected = 1000;
// Below this height a file that names no matrix of colours means BT.601, which is ffmpeg's guess, from it on BT.709.
const hdHeight = 720;
const keptErrorLength = 4000;

type Tool = 'ffmpeg' | 'ffprobe';

/** `SOFD_FFMPEG` names ffmpeg; ffprobe lies beside it. */
function commandOf(tool: Tool): string {
  const ffmpeg = process.env.SOFD_FFMPEG || 'ffmpeg';
  if (tool === 'ffmpeg') return ffmpeg;
  const name = basename(ffmpeg).replace('ffmpeg', 'ffprobe');
  return basename(ffmpeg) === ffmpeg ? name : join(dirname(ffmpeg), name);
}

interface Running {
  readonly process: ChildProcess;
  /** Ends with the process; its code, null when it was killed. */
  readonly ended: Promise<number | null>;
  /** What it last said on its error stream. */
  lastLine(): string;
}

function start(tool: Tool, args: readonly string[]): Running {
  const command = commandOf(tool);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptErrorLength);
  });
  const ended = new Promise<number | null>((settle, fail) => {
    child.on('close', settle);
    child.on('error', (cause) =>
      fail(
        new BackendUnavailableError(
          `openVideo: expected the program ${command}, could not start it; install FFmpeg (apt-get install ffmpeg, ` +
            'brew install ffmpeg, winget install ffmpeg) or name its ffmpeg by the environment variable SOFD_FFMPEG.',
          { cause },
        ),
      ),
    );
  });
  // Whoever waits for it gets the error too.
  ended.catch(() => {});
  return { process: child, ended, lastLine: () => said.trim().split('\n').at(-1)?.trim() || 'it gave no reason' };
}

const inputArguments = (path: string) => ['-v', 'error', '-protocol_whitelist', 'file', '-i', `file:${path}`];

function createDamageError(path: string, reason: string): ImageDecodeError {
  return new ImageDecodeError(
    `openVideo: expected a video that ffmpeg reads, ${path} is not one or is damaged (${reason}); play it, or copy it again.`,
  );
}

/** What ffprobe prints, as far as it is asked for. */
interface Probe {
  readonly streams?: readonly {
    readonly width?: number;
    readonly height?: number;
    readonly sample_aspect_ratio?: string;
    readonly color_space?: string;
    readonly time_base?: string;
    readonly tags?: { readonly rotate?: string };
    readonly side_data_list?: readonly { readonly rotation?: number }[];
  }[];
  readonly packets?: readonly { readonly pts?: number; readonly dts?: number; readonly flags?: string }[];
}

type Stream = NonNullable<Probe['streams']>[number];

async function probe(path: string): Promise<Probe> {
  const entries =
    'stream=width,height,sample_aspect_ratio,color_space,time_base:stream_tags=rotate:stream_side_data=rotation:packet=pts,dts,flags';
  const run = start('ffprobe', [
    ...inputArguments(path),
    '-select_streams',
    'V:0',
    '-show_entries',
    entries,
    '-of',
    'json',
  ]);
  let text = '';
  for await (const chunk of run.process.stdout!.setEncoding('utf8')) text += chunk;
  if ((await run.ended) !== 0) throw createDamageError(path, run.lastLine());
  return JSON.parse(text);
}

const parseRatio = (text: string | undefined, separator: string) => {
  const [above, below] = (text ?? '').split(separator).map(Number);
  return above && below ? above / below : 1;
};

/** When the frames are shown, in seconds after the first; what an edit list cuts off is never shown. */
function readTimes({ packets = [] }: Probe, stream: Stream): number[] {
  const unit = parseRatio(stream.time_base, '/');
  const ticks = packets.flatMap(({ pts, dts, flags }) => (flags?.includes('D') ? [] : [pts ?? dts ?? 0]));
  ticks.sort((a, b) => a - b);
  return ticks.map((tick) => (tick - ticks[0]!) * unit);
}

function readSize(stream: Stream) {
  const { width = 0, height = 0, sample_aspect_ratio, side_data_list = [], tags } = stream;
  const aspect = parseRatio(sample_aspect_ratio, ':');
  const rotation = side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? Number(tags?.rotate ?? 0);
  // Pixels are stretched, never shrunk.
  const square = {
    width: aspect > 1 ? Math.round(width * aspect) : width,
    height: aspect < 1 ? Math.round(height / aspect) : height,
  };
  const isOnSide = Math.abs(Math.round(rotation / 90)) % 2 === 1;
  return isOnSide ? { width: square.height, height: square.width } : square;
}

/** The chain that lets only the wanted frames through, as pixels. */
function describeFilters(indices: readonly number[], { width, height }: VideoFile, stream: Stream): string {
  const all = indices.length > mostSelected;
  const selected = all
    ? `between(n,${indices[0]},${indices.at(-1)})`
    : indices.map((index) => `eq(n,${index})`).join('+');
  const isUnnamed = stream.color_space === undefined || stream.color_space === 'unknown';
  const matrix = isUnnamed && (stream.height ?? 0) >= hdHeight ? ':in_color_matrix=bt709' : '';
  return [
    `select='${selected}'`,
    // The same bytes on every processor.
    `scale=${width}:${height}:flags=bicubic+accurate_rnd+full_chroma_int+bitexact${matrix}`,
    'format=rgb24',
    // One after the other in the rate of the output, so that ffmpeg neither drops nor repeats any.
    'settb=1/25',
    'setpts=N',
  ].join(',');
}

/** Cuts a stream of bytes into frames; the stream is read no faster than frames are taken. */
async function* splitFrames(
  stream: AsyncIterable<Buffer>,
  { width, height }: VideoFile,
): AsyncGenerator<PixelImage, void> {
  const size = width * height * 3;
  let data = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of stream) {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + size - filled);
      data.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < size) continue;
      yield { width, height, data };
      data = new Uint8Array(size);
      filled = 0;
    }
  }
}

interface OpenFile {
  readonly path: string;
  readonly stream: Stream;
}

async function* readFrames(
  file: VideoFile,
  { path, stream }: OpenFile,
  { indices, signal }: { readonly indices: readonly number[]; readonly signal: AbortSignal },
): AsyncGenerator<PixelImage, void> {
  const first = indices[0]!;
  const isDense = indices.length > mostSelected;
  const sent = isDense ? indices.at(-1)! - first + 1 : indices.length;
  const output = [
    '-map',
    '0:V:0',
    '-vf',
    describeFilters(indices, file, stream),
    '-r',
    '25',
    '-frames:v',
    String(sent),
  ];
  const run = start('ffmpeg', ['-nostdin', '-xerror', ...inputArguments(path), ...output, '-f', 'rawvideo', 'pipe:1']);
  const kill = () => run.process.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    let arrived = 0;
    let taken = 0;
    for await (const image of splitFrames(run.process.stdout!, file)) {
      const index = isDense ? first + arrived : indices[arrived];
      arrived++;
      if (index !== indices[taken]) continue;
      taken++;
      yield image;
    }
    const code = await run.ended;
    if (code !== 0 || taken < indices.length) throw createDamageError(path, run.lastLine());
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    await run.ended.catch(() => {});
  }
}

/** ffmpeg seeks in what it reads, so bytes become a file until the video is closed. */
async function toFile(source: VideoSource): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (typeof source === 'string' || source instanceof URL) {
    const text = String(source);
    if (/^[a-z][a-z0-9+.-]+:/i.test(text) && !/^file:/i.test(text) && !/^[a-z]:[\\/]/i.test(text)) {
      throw new ImageDecodeError(
        `openVideo: expected a path or a file: URL in Node, got ${text.slice(0, 200)}; fetch it and pass the bytes.`,
      );
    }
    return { path: /^file:/i.test(text) ? fileURLToPath(text) : resolve(text), remove: async () => {} };
  }
  if (!(source instanceof Blob) && !(source instanceof Uint8Array)) {
    throw new ImageDecodeError(
      `openVideo: expected a path, file: URL, blob or bytes, got ${typeof source}; read the file into a Uint8Array.`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'sofd-video-'));
  const path = join(folder, 'video');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const chunks = source instanceof Blob ? Readable.fromWeb(source.stream() as never) : Readable.from([source]);
    await pipeline(chunks, createWriteStream(path));
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}

async function openFile(source: VideoSource): Promise<VideoFile> {
  const { path, remove } = await toFile(source);
  try {
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!isFile) throw new ImageDecodeError(`openVideo: expected a readable file, got ${path}; check the path.`);
    const probed = await probe(path);
    const stream = probed.streams?.[0];
    const times = stream ? readTimes(probed, stream) : [];
    if (!stream || times.length === 0) throw createDamageError(path, 'no video frames in it');
    const file: VideoFile = {
      ...readSize(stream),
      times,
      read: (indices, signal) => readFrames(file, { path, stream }, { indices, signal }),
      close: remove,
    };
    return file;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Node: the system's ffprobe reads the times, its ffmpeg sends frames through a pipe, which waits until they are taken. */
export const videoPlatform: VideoPlatform = { openFile };

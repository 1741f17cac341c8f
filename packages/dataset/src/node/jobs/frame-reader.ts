import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { decodeImage, type PixelImage } from '@sofd/face';
import { openVideo } from '@sofd/face/video';
import type { JobItem } from './expand-job.js';

/** Where a frame was taken from. */
export interface FramePlace {
  /** Its file: the photograph, the video, or the frame's own. */
  readonly source: string;
  /** Number within the video, from 0; `null` for a photograph. */
  readonly index: number | null;
}

/** A picture of an item. */
export interface SourceFrame extends FramePlace {
  readonly image: PixelImage;
}

/** Reads pictures of an item, one at a time. */
export interface FrameReader {
  /** How many there are; `null` where that is not known before all are read. */
  readonly count: number | null;
  /** So many, evenly spread. */
  readSpread(frames: number): AsyncIterable<SourceFrame>;
  /** The counterparts of some frames of another item with `count` frames; those that it lacks are left out. */
  readSame(places: readonly FramePlace[], count: number | null): AsyncIterable<SourceFrame>;
  close(): Promise<void>;
}

interface ReadOptions {
  readonly input: string;
  readonly signal?: AbortSignal | undefined;
}

const noClose = async () => {};

function openImage({ files }: JobItem, { input }: ReadOptions): FrameReader {
  async function* read() {
    const source = files[0]!;
    yield { source, index: null, image: await decodeImage(await readFile(join(input, source))) };
  }
  return { count: 1, readSpread: read, readSame: read, close: noClose };
}

/** Places of `wanted` among `count` things: the middles of as many equal parts. */
const spread = (count: number, wanted: number): number[] =>
  count <= wanted
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: wanted }, (_, part) => Math.floor(((part + 0.5) * count) / wanted));

const nameOf = (path: string) => basename(path, extname(path));

function openFrameFiles({ files }: JobItem, { input }: ReadOptions): FrameReader {
  async function* read(chosen: readonly number[]) {
    for (const index of chosen) {
      const source = files[index]!;
      yield { source, index, image: await decodeImage(await readFile(join(input, source))) };
    }
  }
  return {
    count: files.length,
    readSpread: (frames) => read(spread(files.length, frames)),
    // Extracted frames keep their names in every method's folder, though some are missing here and there.
    readSame(places) {
      const at = new Map(files.map((file, index) => [nameOf(file), index]));
      return read(places.map(({ source }) => at.get(nameOf(source))).filter((index) => index !== undefined));
    },
    close: noClose,
  };
}

async function openVideoFile({ files }: JobItem, { input, signal }: ReadOptions): Promise<FrameReader> {
  const source = files[0]!;
  const video = await openVideo(join(input, source));
  async function* read(options: { readonly frames?: number }, wanted?: ReadonlySet<number | null>) {
    let missing = wanted?.size ?? Infinity;
    for await (const { index, image } of video.frames({ ...options, signal })) {
      if (wanted !== undefined && !wanted.has(index)) continue;
      yield { source, index, image };
      if (--missing === 0) return;
    }
  }
  return {
    count: video.frameCount,
    readSpread: (frames) => read({ frames }),
    // Videos of equal length are spread over alike; in others the same frames are looked for one by one.
    readSame: (places, count) =>
      read(
        count !== null && count === video.frameCount ? { frames: places.length } : {},
        new Set(places.map(({ index }) => index)),
      ),
    close: () => video.close(),
  };
}

/** Opens an item for reading. */
export async function openFrames(item: JobItem, options: ReadOptions): Promise<FrameReader> {
  if (item.kind === 'image') return openImage(item, options);
  return item.kind === 'frames' ? openFrameFiles(item, options) : await openVideoFile(item, options);
}

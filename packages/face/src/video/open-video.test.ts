import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  AbortedError,
  BackendUnavailableError,
  ImageDecodeError,
  ImageSizeError,
  InvalidOptionError,
} from '@sofd/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chosen, largestDifference, measureDifference, timeOf, turned } from '../../testing/turned-video.js';
import { openVideo } from './open-video.js';
import type { VideoFrame, VideoFrameOptions, VideoSource } from './video.js';

const ffmpeg = process.env.SOFD_FFMPEG || 'ffmpeg';
const hasFfmpeg = spawnSync(ffmpeg, ['-version']).status === 0;
if (!hasFfmpeg) process.stderr.write('openVideo: tests skipped, no ffmpeg here; apt-get install ffmpeg.\n');

const turnedPath = fileURLToPath(new URL('../../testing/turned-video.mp4', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-face-video-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Encodes what a filter of ffmpeg draws. */
function encode(name: string, source: string, ...options: readonly string[]): string {
  const path = join(folder, name);
  execFileSync(ffmpeg, ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, ...options, path]);
  return path;
}

async function readAll(source: VideoSource, options: VideoFrameOptions = {}): Promise<VideoFrame[]> {
  const video = await openVideo(source);
  const frames: VideoFrame[] = [];
  try {
    for await (const frame of video.frames(options)) frames.push(frame);
  } finally {
    await video.close();
  }
  return frames;
}

/** Child processes of this one that run ffmpeg. */
function countRunning(): number {
  const { stdout } = spawnSync('ps', ['-o', 'comm=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.startsWith('ffmpeg')).length;
}

describe.skipIf(!hasFfmpeg)('openVideo in Node', () => {
  it('gives size, length and every frame at its time, upright and in its colours', async () => {
    const bytes = await readFile(turnedPath);
    const url = pathToFileURL(turnedPath);
    for (const source of [turnedPath, url, url.href, new Uint8Array(bytes), new Blob([bytes])]) {
      const video = await openVideo(source);
      expect([video.width, video.height, video.frameCount]).toEqual([turned.width, turned.height, turned.frameCount]);
      // Ticks of the file are 1/12800 s.
      expect(Math.abs(video.durationSeconds - turned.durationSeconds)).toBeLessThan(1e-4);
      await video.close();
      const frames = await readAll(source);
      expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: turned.frameCount }, (_, i) => i));
      for (const frame of frames) {
        expect(Math.abs(frame.timeSeconds - timeOf(frame.index))).toBeLessThan(1e-4);
        expect(measureDifference(frame)).toBeLessThanOrEqual(largestDifference);
      }
    }
  });

  it.each(chosen)('chooses the frames that a browser chooses for $options', async ({ options, indices }) => {
    const frames = await readAll(turnedPath, options);
    expect(frames.map(({ index }) => index)).toEqual(indices);
    for (const frame of frames) expect(measureDifference(frame)).toBeLessThanOrEqual(largestDifference);
  });

  it('reads more frames than fit into one expression, each once and in order', async () => {
    // Frame n has the grey 16 + n % 200 of a full range, so that its number modulo 200 can be read.
    const path = encode(
      'long.mkv',
      "color=black:s=16x16:r=100:d=15,format=gray,geq=lum='16+mod(N,200)'",
      ...['-c:v', 'ffv1', '-pix_fmt', 'gray'],
    );
    const frames = await readAll(path, { fps: 80 });
    expect(frames.length).toBe(1200);
    // Grey has no chroma: only its own rounding.
    for (const { index, image } of frames)
      expect(Math.abs(image.data[0]! - (16 + (index % 200)))).toBeLessThanOrEqual(1);
  });

  it('takes unnamed colours of high definition for BT.709', async () => {
    const path = encode(
      'hd.mp4',
      'color=0xC81E1E:s=1280x720:d=0.2:r=10,scale=out_color_matrix=bt709,format=yuv420p',
      ...['-c:v', 'libvpx-vp9', '-lossless', '1', '-colorspace', 'unknown'],
    );
    const [frame] = await readAll(path);
    const wanted = [200, 30, 30];
    // As for the fixture: bytes of Y, Cb and Cr, and two conversions.
    for (const [channel, value] of wanted.entries()) {
      expect(Math.abs(frame!.image.data[channel]! - value)).toBeLessThanOrEqual(largestDifference);
    }
  });

  it('stretches pixels that are not square', async () => {
    const path = encode('wide.mkv', 'testsrc=s=64x48:d=0.2,setsar=4/3', '-c:v', 'ffv1');
    const video = await openVideo(path);
    expect([video.width, video.height]).toEqual([85, 48]);
    const [{ image }] = (await readAll(path, { frames: 1 })) as [VideoFrame];
    expect(image.data.length).toBe(85 * 48 * 3);
    await video.close();
  });

  it('holds few frames at a time, ends its process when left, aborted or closed, and removes what it wrote', async () => {
    // 3000 frames of 1.2 MB.
    const path = encode('large.mp4', 'testsrc=s=720x560:r=25:d=120', '-c:v', 'mpeg4', '-qscale:v', '20');
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
    const video = await openVideo(path);
    for await (const { index } of video.frames()) {
      if (index === 3) {
        expect(countRunning()).toBe(1);
        await new Promise((settle) => setTimeout(settle, 500));
        // A reader that did not wait would hold hundreds of frames by now.
        expect(process.memoryUsage().arrayBuffers + process.memoryUsage().external - before).toBeLessThan(60 * 2 ** 20);
        break;
      }
    }
    expect(countRunning()).toBe(0);
    const controller = new AbortController();
    const aborted = async () => {
      for await (const { index } of video.frames({ signal: controller.signal })) if (index === 1) controller.abort();
    };
    await expect(aborted()).rejects.toThrowError(AbortedError);
    expect(countRunning()).toBe(0);
    const closed = async () => {
      for await (const { index } of video.frames()) if (index === 1) await video.close();
    };
    await expect(closed()).rejects.toThrowError(AbortedError);
    expect(countRunning()).toBe(0);
    const temporary = async () => (await readdir(tmpdir())).filter((name) => /^sofd-video-/.test(name)).length;
    const kept = await temporary();
    await readAll(new Uint8Array(await readFile(turnedPath)), { frames: 1 });
    expect(await temporary()).toBe(kept);
  });

  it("refuses a damaged video with ffmpeg's reason", async () => {
    const letter = join(folder, 'letter.mp4');
    await writeFile(letter, 'This is a letter, not a video.');
    await expect(openVideo(letter)).rejects.toThrowError(ImageDecodeError);
    await expect(openVideo(letter)).rejects.toThrowError(/letter\.mp4 is not one or is damaged \(.*Invalid data/);
    await expect(openVideo(join(folder, 'nobody.mp4'))).rejects.toThrowError(/readable file, got .*nobody\.mp4/);
    const silent = encode('sound.wav', 'sine=d=0.1');
    await expect(openVideo(silent)).rejects.toThrowError(/no video frames/);
    const cut = encode('cut.mp4', 'testsrc=s=320x240:d=4', '-c:v', 'mpeg4', '-movflags', '+faststart');
    const { length } = await readFile(cut);
    await truncate(cut, Math.round(length / 2));
    await expect(readAll(cut)).rejects.toThrowError(ImageDecodeError);
    const torn = encode('torn.mp4', 'testsrc=s=320x240:d=4', '-c:v', 'mpeg4', '-movflags', '+faststart');
    const bytes = await readFile(torn);
    bytes.fill(0xff, Math.round(length / 2), Math.round(length / 2) + 2000);
    await writeFile(torn, bytes);
    await expect(readAll(torn)).rejects.toThrowError(ImageDecodeError);
  });

  it('refuses options, sizes and sources that make no sense', async () => {
    await expect(readAll(turnedPath, { frames: 0 })).rejects.toThrowError(InvalidOptionError);
    await expect(readAll(turnedPath, { frames: 2, fps: 1 })).rejects.toThrowError(
      /at most one of frames, fps and every/,
    );
    await expect(readAll(turnedPath, { maxPixels: 48 * 64 - 1 })).rejects.toThrowError(ImageSizeError);
    await expect(openVideo('https://example.org/a.mp4')).rejects.toThrowError(/fetch it and pass the bytes/);
    await expect(openVideo(42 as never)).rejects.toThrowError(ImageDecodeError);
  });
});

it('says how to get ffmpeg where there is none', async () => {
  vi.stubEnv('SOFD_FFMPEG', join(folder, 'no-ffmpeg-here'));
  await expect(openVideo(turnedPath)).rejects.toThrowError(BackendUnavailableError);
  await expect(openVideo(turnedPath)).rejects.toThrowError(/no-ffprobe-here.*install FFmpeg.*SOFD_FFMPEG/);
  vi.unstubAllEnvs();
});

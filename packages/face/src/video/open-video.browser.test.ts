/// <reference types="vite/client" />
import { AbortedError, ImageDecodeError, ImageSizeError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { chosen, largestDifference, measureDifference, timeOf, turned } from '../../testing/turned-video.js';
import turnedUrl from '../../testing/turned-video.mp4?url';
import { openVideo } from './open-video.js';

const readBytes = async () => new Uint8Array(await (await fetch(turnedUrl)).arrayBuffer());

describe('openVideo in a browser', () => {
  it('gives size, length and every frame at its time, upright and in its colours', async () => {
    const bytes = await readBytes();
    for (const source of [turnedUrl, new URL(turnedUrl, location.href), bytes, new Blob([bytes])]) {
      const video = await openVideo(source);
      expect([video.width, video.height, video.frameCount]).toEqual([turned.width, turned.height, turned.frameCount]);
      // Ticks of the file are 1/12800 s.
      expect(Math.abs(video.durationSeconds - turned.durationSeconds)).toBeLessThan(1e-4);
      let next = 0;
      for await (const frame of video.frames()) {
        expect(frame.index).toBe(next++);
        expect(Math.abs(frame.timeSeconds - timeOf(frame.index))).toBeLessThan(1e-4);
        expect(measureDifference(frame)).toBeLessThanOrEqual(largestDifference);
      }
      expect(next).toBe(turned.frameCount);
      await video.close();
    }
  });

  it.each(chosen)('chooses the frames that Node chooses for $options', async ({ options, indices }) => {
    const video = await openVideo(turnedUrl);
    const found: number[] = [];
    for await (const frame of video.frames(options)) {
      expect(measureDifference(frame)).toBeLessThanOrEqual(largestDifference);
      found.push(frame.index);
    }
    expect(found).toEqual(indices);
    await video.close();
  });

  it('ends when aborted or closed, and refuses what is no video or too large', async () => {
    const video = await openVideo(turnedUrl);
    const controller = new AbortController();
    const read = async () => {
      for await (const { index } of video.frames({ signal: controller.signal })) if (index === 2) controller.abort();
    };
    await expect(read()).rejects.toThrowError(AbortedError);
    await expect(video.frames({ maxPixels: 100 })[Symbol.asyncIterator]().next()).rejects.toThrowError(ImageSizeError);
    await video.close();
    await expect(video.frames()[Symbol.asyncIterator]().next()).rejects.toThrowError(AbortedError);
    await expect(openVideo(new TextEncoder().encode('a letter'))).rejects.toThrowError(ImageDecodeError);
    const bytes = await readBytes();
    await expect(openVideo(bytes.subarray(0, 300))).rejects.toThrowError(ImageDecodeError);
  });
});

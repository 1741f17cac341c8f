import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseFrames, computeDuration } from './choose-frames.js';

const steady = (count: number, fps: number) => Array.from({ length: count }, (_, i) => i / fps);

it('spreads frames evenly over the time, also where the rate changes', () => {
  expect(chooseFrames(steady(100, 25), { frames: 4 })).toEqual([12, 37, 62, 87]);
  // 10 frames in the first second, 90 in the next.
  const changing = [...steady(10, 10), ...steady(90, 90).map((time) => time + 1)];
  expect(chooseFrames(changing, { frames: 2 })).toEqual([5, 55]);
});

it('takes all frames when more are wanted than there are, or none is named', () => {
  expect(chooseFrames(steady(3, 25), { frames: 9 })).toEqual([0, 1, 2]);
  expect(chooseFrames(steady(3, 25), {})).toEqual([0, 1, 2]);
  expect(chooseFrames([0], { frames: 1 })).toEqual([0]);
  expect(chooseFrames([0], { fps: 4 })).toEqual([0]);
});

it('takes frames of a rate, whose times fall on ticks that were rounded', () => {
  // 30 frames a second in a file of milliseconds.
  const rounded = steady(90, 30).map((time) => Math.round(time * 1000) / 1000);
  expect(chooseFrames(rounded, { fps: 1 })).toEqual([0, 30, 60]);
  expect(chooseFrames(steady(90, 30), { fps: 10 })).toEqual(Array.from({ length: 30 }, (_, i) => 3 * i));
  expect(chooseFrames(steady(4, 2), { fps: 60 })).toEqual([0, 1, 2, 3]);
});

it('gives ascending numbers of frames that exist, as many as asked for at a steady rate', () => {
  const positive = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(positive, positive, positive, (count, frames, every) => {
      const times = steady(count, 30);
      for (const choice of [{ frames }, { every }, { fps: frames }]) {
        const indices = chooseFrames(times, choice);
        expect(indices.every((index, i) => index < count && index > (indices[i - 1] ?? -1))).toBe(true);
        expect(indices.length).toBeGreaterThan(0);
      }
      expect(chooseFrames(times, { frames }).length).toBe(Math.min(count, frames));
    }),
  );
});

it('measures the duration with the last frame', () => {
  expect(computeDuration(steady(50, 25))).toBe(2);
  expect(computeDuration([0])).toBe(0);
});

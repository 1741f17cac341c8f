import { EvaluationError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeAuc } from '../metrics/auc.js';
import { bootstrapInterval, quantileOf } from './bootstrap.js';
import { pickFrames } from './pick-frames.js';
import { scoreVideos } from './score-videos.js';

const counts = fc.integer({ min: 1, max: 2000 });

describe('pickFrames', () => {
  it('gives unique ascending frames, first and last included, as many as wanted', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 128 }), fc.constantFrom('float64', 'exact'), (n, wanted, rule) => {
        const picks = pickFrames(n, wanted, { rule });
        expect(picks).toHaveLength(Math.min(n, wanted));
        expect(picks[0]).toBe(0);
        expect(picks.at(-1)).toBe(n - 1);
        expect(picks.every((frame, i) => i === 0 || frame > picks[i - 1]!)).toBe(true);
      }),
    );
  });

  it('has two rules that differ where the float64 product falls below a whole number', () => {
    expect(pickFrames(154, 64)).not.toEqual(pickFrames(154, 64, { rule: 'exact' }));
    expect(pickFrames(155, 64)).toEqual(pickFrames(155, 64, { rule: 'exact' }));
  });

  it('takes frame 0 when one frame is wanted, and refuses none', () => {
    expect(pickFrames(9, 1)).toEqual([0]);
    expect(() => pickFrames(0, 4)).toThrow(EvaluationError);
    expect(() => pickFrames(4, 1.5)).toThrow(/frames to pick, got 1.5/);
  });
});

describe('scoreVideos', () => {
  it('averages the frames of each video', () => {
    const [score] = scoreVideos([{ id: 'a', label: 1, probabilities: Float32Array.of(0.25, 0.75, 0.5, 1) }]);
    expect(score).toEqual({ id: 'a', label: 1, score: 0.625, frames: 4 });
  });

  it('names the video and frame that is wrong', () => {
    expect(() => scoreVideos([{ id: 'clip 7', label: 0, probabilities: [] }])).toThrow(/'clip 7', got none/);
    expect(() => scoreVideos([{ id: 'clip 7', label: 0, probabilities: [0.1, Number.NaN] }])).toThrow(
      /frame 1 of video 'clip 7'/,
    );
  });
});

describe('bootstrapInterval', () => {
  const labels = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
  const scores = [0.2, 0.9, 0.4, 0.3, 0.1, 0.8, 0.6, 0.7, 0.35, 0.5];
  const groups = ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd', 'e', 'e'];
  const auc = (rows: readonly number[]) =>
    computeAuc(
      rows.map((row) => labels[row]!),
      rows.map((row) => scores[row]!),
    );

  it('gives the same interval for the same seed, and another for another', () => {
    const once = bootstrapInterval({ statistic: auc, groups, seed: 7, resamples: 300 });
    expect(bootstrapInterval({ statistic: auc, groups, seed: 7, resamples: 300 })).toEqual(once);
    const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + scores[row]!, 0) / rows.length;
    const seeds = [1, 2].map((seed) => bootstrapInterval({ statistic: mean, groups, seed, resamples: 101 }).interval);
    expect(seeds[0]).not.toEqual(seeds[1]);
  });

  it('contains the estimate and widens with the level', () => {
    const narrow = bootstrapInterval({ statistic: auc, groups, seed: 1, level: 0.5 });
    const wide = bootstrapInterval({ statistic: auc, groups, seed: 1, level: 0.99 });
    expect(wide.interval[0]).toBeLessThanOrEqual(narrow.interval[0]);
    expect(wide.interval[1]).toBeGreaterThanOrEqual(narrow.interval[1]);
    expect(wide.interval[0]).toBeLessThan(wide.estimate);
    expect(wide.estimate).toBe(computeAuc(labels, scores));
  });

  it('draws all rows of a person together', () => {
    bootstrapInterval({
      groups,
      seed: 3,
      resamples: 50,
      statistic: (rows) => {
        const perRow = new Map<number, number>();
        for (const row of rows) perRow.set(row, (perRow.get(row) ?? 0) + 1);
        for (let row = 0; row < groups.length; row += 2) expect(perRow.get(row)).toBe(perRow.get(row + 1));
        return rows.length;
      },
    });
  });

  it('reaches the standard error of a mean over groups', () => {
    // 200 groups of one row, values 0..199: the interval of the mean is about ±1.96 · 57.7 / √200 = ±8.0 wide.
    const many = Array.from({ length: 200 }, (_, i) => String(i));
    const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + row, 0) / rows.length;
    const { interval, estimate } = bootstrapInterval({ statistic: mean, groups: many, seed: 5 });
    // The half width over 2000 resamples has a relative standard error of about 3 %; four of them.
    expect(Math.abs((interval[1] - interval[0]) / 2 - 8.0)).toBeLessThan(8.0 * 0.12);
    expect(estimate).toBe(99.5);
  });

  it('draws again where one class is missing, and counts it', () => {
    // Two people, one all real, one all fake: half of the resamples hold one class only.
    const split = ['r', 'f', 'r', 'f', 'r', 'f', 'r', 'f', 'r', 'f'];
    const { redrawn, resamples } = bootstrapInterval({ statistic: auc, groups: split, seed: 2, resamples: 400 });
    expect(resamples).toBe(400);
    // Negative binomial: 400 ± 4 · √800.
    expect(Math.abs(redrawn - 400)).toBeLessThan(4 * Math.sqrt(800));
  });

  it('does not hide a defect of the statistic', () => {
    let calls = 0;
    const broken = () => {
      if (calls++ > 3) throw new TypeError('defect');
      return 1;
    };
    expect(() => bootstrapInterval({ statistic: broken, groups, seed: 1 })).toThrow(TypeError);
  });

  it.each([
    [{ groups: ['a', 'a'] }, /at least 2 groups, got 1/],
    [{ level: 95 }, /write 95 % as 0.95/],
    [{ resamples: 0 }, /resamples, got 0/],
    [{ statistic: () => Number.NaN }, /finite statistic, got NaN/],
  ])('refuses %o', (change, message) => {
    expect(() => bootstrapInterval({ statistic: () => 1, groups: ['a', 'b'], seed: 1, ...change })).toThrow(message);
  });
});

describe('quantileOf', () => {
  it('is linear between order statistics', () => {
    expect(quantileOf([0, 10, 20], 0.25)).toBe(5);
    expect(quantileOf([0, 10, 20], 1)).toBe(20);
  });
});

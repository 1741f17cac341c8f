import { EvaluationError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { comparePaired } from './compare-paired.js';

const people = Array.from({ length: 40 }, (_, person) => `person ${person}`);
/** A real and a fake image of each person. */
const labels = people.flatMap(() => [0, 1]);
const groups = people.flatMap((person) => [person, person]);
/** A fake scores `gap` above the real image of the same person. */
const scoresOf = (gap: (person: number) => number) =>
  people.flatMap((_, person) => [0.3 + person / 1000, 0.3 + person / 1000 + gap(person)]);

describe('comparePaired', () => {
  it('finds no difference between a model and itself, whatever the resample', () => {
    const scores = scoresOf((person) => (person % 3) / 100 - 0.008);
    const { differences, models } = comparePaired({
      labels,
      groups,
      seed: 1,
      resamples: 200,
      models: [
        { name: 'a', runs: [scores] },
        { name: 'b', runs: [scores, scores] },
      ],
    });
    expect(differences).toEqual([{ name: 'b', against: 'a', estimate: 0, interval: [0, 0] }]);
    expect(models[0]!.interval[0]).toBeLessThan(models[0]!.interval[1]);
    expect(models[1]!.runs).toHaveLength(2);
  });

  it('reaches the interval of a difference that is known: the share of people whom one model misses', () => {
    // b ranks every fake above all real images. a does so for three people in four; the other fakes it puts below all real
    // images. On any resample AUC(a) is the share of the first, so the difference is the share of the missed: 1/4 of 40, a
    // binomial whose deviation is √(0.25 · 0.75 / 40) = 0.0685.
    const perfect = labels.map((label) => label);
    const lacking = labels.map((label, row) => (label === 1 && Math.floor(row / 2) % 4 === 0 ? -1 : label));
    const models = [
      { name: 'a', runs: [lacking] },
      { name: 'b', runs: [perfect] },
    ];
    const { differences, groups: count } = comparePaired({ labels, groups, models, seed: 3 });
    const [{ estimate, interval }] = differences as [(typeof differences)[0]];
    expect(count).toBe(40);
    expect(estimate).toBeCloseTo(0.25, 12);
    // Quantiles of the binomial are multiples of 1/40: 5/40 and 15/40, one more or less by chance.
    expect(Math.abs(interval[0] - 5 / 40)).toBeLessThanOrEqual(1 / 40 + 1e-12);
    expect(Math.abs(interval[1] - 15 / 40)).toBeLessThanOrEqual(1 / 40 + 1e-12);
  });

  it('is narrower than the models by themselves where they fail on the same people', () => {
    const hard = (person: number) => (person % 4 === 0 ? -0.5 : 0.5);
    const models = [
      { name: 'a', runs: [scoresOf(hard)] },
      { name: 'b', runs: [scoresOf((person) => (person === 0 ? 0.5 : hard(person)))] },
    ];
    const result = comparePaired({ labels, groups, models, seed: 5 });
    const widthOf = ([low, high]: readonly [number, number]) => high - low;
    expect(result.differences[0]!.estimate).toBeGreaterThan(0);
    expect(widthOf(result.differences[0]!.interval)).toBeLessThan(widthOf(result.models[0]!.interval) / 1.5);
  });

  it('averages the AUCs of the runs, not their scores', () => {
    const runs = [labels, labels.map((label) => 1 - label)];
    const { models } = comparePaired({ labels, groups, models: [{ name: 'a', runs }], seed: 1, resamples: 20 });
    expect(models[0]).toMatchObject({ estimate: 0.5, runs: [1, 0], interval: [0.5, 0.5] });
  });

  it('refuses scores of other rows, and nothing to compare', () => {
    const models = [{ name: 'a', runs: [[0.1]] }];
    expect(() => comparePaired({ labels, groups, models, seed: 1 })).toThrow(/the same rows/);
    expect(() => comparePaired({ labels, groups, models: [], seed: 1 })).toThrow(EvaluationError);
  });
});

import { InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { largestDifference, lossesOnly } from '../context-fixtures.js';
import { type DynamicWeightAverageOptions, dynamicWeightAverage } from './dynamic-weight-average.js';

/** The weights of every step, for losses by epoch and step. */
async function follow(epochs: readonly (readonly (readonly number[])[])[], options: DynamicWeightAverageOptions = {}) {
  const rule = dynamicWeightAverage({ minimumLoss: 0, ...options });
  let state = rule.init(epochs[0]![0]!.map(String));
  const all: (readonly number[])[] = [];
  for (const [epoch, steps] of epochs.entries()) {
    for (const losses of steps) {
      state = await rule.update(state, lossesOnly(losses, { epoch }));
      all.push(rule.weights(state));
    }
  }
  return all;
}

describe('dynamicWeightAverage', () => {
  const epochs = [
    [
      [1, 2],
      [3, 2],
    ], // means 2, 2
    [
      [1, 2],
      [1, 1],
    ], // means 1, 1.5
    [
      [0.5, 1],
      [0.5, 1],
    ], // means 0.5, 1
    [[9, 9]],
  ] as const;
  /** K softmax of ratios over the temperature, for two tasks. */
  const byHand = (a: number, b: number, temperature: number) => {
    const share = 1 / (1 + Math.exp((b - a) / temperature));
    return [2 * share, 2 * (1 - share)];
  };

  it('follows four epochs worked out by hand', async () => {
    const weights = await follow(epochs);
    for (const early of weights.slice(0, 4)) expect(early).toEqual([1, 1]);
    for (const third of weights.slice(4, 6))
      expect(largestDifference(third, byHand(1 / 2, 1.5 / 2, 2))).toBeLessThan(1e-6);
    expect(largestDifference(weights[6]!, byHand(0.5 / 1, 1 / 1.5, 2))).toBeLessThan(1e-6);
  });

  it('is more even at a higher temperature', async () => {
    const weights = await follow(epochs, { temperature: 1 });
    expect(largestDifference(weights[4]!, byHand(1 / 2, 1.5 / 2, 1))).toBeLessThan(1e-6);
    expect((await follow(epochs, { temperature: 1e6 }))[4]![0]).toBeCloseTo(1, 5);
  });

  it('does not depend on the scales of the losses', async () => {
    const scaled = epochs.map((steps) => steps.map(([a, b]) => [1000 * a, b / 10]));
    const [a, b] = [await follow(scaled), await follow(epochs)];
    for (const [step, weights] of a.entries()) expect(largestDifference(weights, b[step]!)).toBeLessThan(1e-4);
  });

  it('takes the mean of an epoch, however many steps a resumed or uneven one has', async () => {
    const uneven = [[[2, 2]], epochs[1], [[0.5, 1]], [[9, 9]]];
    const [a, b] = [await follow(uneven), await follow(epochs)];
    expect(largestDifference(a.at(-1)!, b.at(-1)!)).toBeLessThan(1e-9);
    expect(largestDifference(a[3]!, b[4]!)).toBeLessThan(1e-9);
  });

  it('refuses options out of range', () => {
    expect(() => dynamicWeightAverage({ temperature: 0 })).toThrow(InvalidOptionError);
  });
});

import { InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { startAdam } from '../adam-numbers.js';
import { largestDifference, lossesOnly } from '../context-fixtures.js';
import { type UncertaintyOptions, uncertainty } from './uncertainty.js';

/** The weights after so many steps on the same losses. */
async function settle(losses: readonly number[], options: UncertaintyOptions, steps: number) {
  const rule = uncertainty({ minimumLoss: 0, ...options });
  let state = rule.init(losses.map(String));
  for (let step = 0; step < steps; step++) state = await rule.update(state, lossesOnly(losses));
  return rule.weights(state);
}

describe('uncertainty', () => {
  it('rests where s is the logarithm of the loss', async () => {
    const rule = uncertainty({ minimumLoss: 0 });
    const losses = [0.5, 0.02];
    const values = losses.map((loss) => Math.log(loss + 1e-6));
    const { adam, weights } = await rule.update({ weights: [1, 1], adam: startAdam(values) }, lossesOnly(losses));
    expect(largestDifference(weights, [1 / (0.5 + 1e-6), 1 / (0.02 + 1e-6)])).toBeLessThan(1e-9);
    expect(largestDifference(adam.m, [0, 0])).toBeLessThan(1e-15);
  });

  it('finds that point, from which on every weighted loss is one, whatever the scales', async () => {
    for (const losses of [
      [0.5, 0.02],
      [5, 0.2],
    ]) {
      const weights = await settle(losses, { learningRate: 0.02 }, 2000);
      for (const [task, weight] of weights.entries()) expect(weight * losses[task]!).toBeCloseTo(1, 2);
    }
  });

  it('starts from weights of one, and uses those from before its own step', async () => {
    expect(await settle([0.3, 0.1], { learningRate: 0.1 }, 1)).toEqual([1, 1]);
    // Adam's first step has the length of its rate; 1 - L > 0 sends s down.
    const [weight] = await settle([0.3, 0.1], { learningRate: 0.1 }, 2);
    expect(weight).toBeCloseTo(Math.exp(0.1), 6);
  });

  it("takes the run's learning rate where it has none of its own", async () => {
    const [weight] = await settle([0.3], {}, 2);
    expect(weight).toBeCloseTo(Math.exp(1e-2), 6); // the rate of the context
  });

  it('lets no weight of a solved task grow for ever', async () => {
    const weights = await settle([0, 0.5], { learningRate: 0.1, largestWeight: 20 }, 400);
    expect(weights[0]).toBeCloseTo(20, 9);
    expect(weights[1]).toBeCloseTo(2, 1);
    expect(await settle([0.1], { largestWeight: 0.5 }, 1)).toEqual([0.5]);
  });

  it('refuses options out of range', () => {
    expect(() => uncertainty({ largestWeight: 0, learningRate: -1 })).toThrow(InvalidOptionError);
  });
});

import { CheckpointFormatError, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import type { Hypergradient } from '../hypergradients/hypergradient.js';
import { taskNames } from '../loss/tasks.js';
import { startAdam, stepAdam } from './adam-numbers.js';
import { autoLambda } from './auto-lambda/auto-lambda.js';
import { equal } from './equal/equal.js';
import type { WeightingContext } from './task-weighting.js';

const given = (gradient: readonly number[]): Hypergradient => ({
  name: 'given',
  compute: async () => ({ gradient, terms: [], trainingLosses: [], heldOutLosses: [] }),
});
const context = {} as WeightingContext; // the given hypergradient looks at nothing

describe('Adam on numbers', () => {
  it('takes steps of its rate whatever the gradient, until epsilon counts', () => {
    const [large, small] = stepAdam(startAdam([1, 1]), [3, -1e-8], 1e-3).values;
    expect(large).toBeCloseTo(1 - 1e-3, 9);
    expect(small).toBeCloseTo(1 + 1e-3 / 2, 9); // |g| / (|g| + ε) with |g| = ε
  });

  it('follows two steps worked out by hand', () => {
    const first = stepAdam(startAdam([0]), [1], 0.1);
    const second = stepAdam(first, [2], 0.1);
    const m = (0.9 * 0.1 + 0.1 * 2) / (1 - 0.81);
    const v = (0.999 * 0.001 + 0.001 * 4) / (1 - 0.998001);
    expect(second.values[0]).toBeCloseTo(-0.1 - (0.1 * m) / Math.sqrt(v), 6);
    expect(second.step).toBe(2);
  });
});

describe('task weightings', () => {
  it('raise the weight of a task whose gradient is negative', async () => {
    const weighting = autoLambda({ hypergradient: given([-1, 0, 1]), learningRate: 0.01, initial: 2 });
    const start = weighting.init(taskNames);
    const state = await weighting.update(start, context);
    const weights = weighting.weights(state);
    for (const [task, weight] of [2.01, 2, 1.99].entries()) expect(weights[task]).toBeCloseTo(weight, 6);
    expect(weighting.weights(start)).toEqual([2, 2, 2]); // states are values
  });

  it('come back from JSON, and refuse what is no state', async () => {
    const weighting = autoLambda({ hypergradient: given([0.3, -0.1, 1e-9]) });
    const state = await weighting.update(weighting.init(taskNames), context);
    expect(weighting.restore(JSON.parse(JSON.stringify(state)))).toEqual(state);
    for (const rule of [weighting, equal()])
      expect(() => rule.restore({ weights: 'x' })).toThrow(CheckpointFormatError);
  });

  it('refuse a primary task that is none', () => {
    expect(() => autoLambda({ primary: ['fake'] }).init(taskNames)).toThrow(InvalidOptionError);
    expect(() => autoLambda({ primary: [] }).init(taskNames)).toThrow('at least one');
  });

  it('may be equal', async () => {
    const rule = equal();
    expect(rule.weights(await rule.update(rule.init(taskNames), context))).toEqual([1, 1, 1]);
  });
});

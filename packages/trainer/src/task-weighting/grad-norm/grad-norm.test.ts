import { wasm } from '@sofd/backend-wasm';
import { InvalidOptionError } from '@sofd/core';
import { useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, withContext } from '../context-fixtures.js';
import { computeGradNormGradient, type GradNormOptions, gradNorm } from './grad-norm.js';

beforeAll(async () => {
  await useBackend(wasm());
});

type Step = { readonly losses: readonly number[]; readonly gradients: readonly (readonly number[])[] };

/** The weights of every step. */
async function follow(steps: readonly Step[], options: GradNormOptions = {}) {
  const rule = gradNorm({ minimumLoss: 0, ...options });
  let state = rule.init(steps[0]!.losses.map(String));
  const all: (readonly number[])[] = [];
  for (const given of steps) {
    state = await withContext(given, (context) => rule.update(state, context));
    all.push(rule.weights(state));
  }
  return all;
}

describe('gradNorm', () => {
  const even = {
    losses: [0.4, 0.2],
    gradients: [
      [0.6, 0.8, 5, 0],
      [-0.8, 0.6, 0, 0], // as long on the image projection
    ],
  };

  it('keeps weights of one where norms and rates are equal', async () => {
    const halved = { ...even, losses: [0.2, 0.1] };
    for (const weights of await follow([even, even, halved, halved])) expect(weights).toEqual([1, 1]);
  });

  it('follows a step worked out by hand', async () => {
    // Norms 3 and 1: both are 1 from their mean, so that the weights move one rate each, then are scaled to the sum two.
    const steep = {
      losses: [0.4, 0.2],
      gradients: [
        [3, 0, 0, 0],
        [0, 1, 0, 0],
      ],
    };
    const [first, second] = await follow([steep, steep], { learningRate: 0.1 });
    expect(first).toEqual([1, 1]);
    expect(largestDifference(second!, [0.9, 1.1])).toBeLessThan(1e-6);
  });

  it('pulls a task forward that lags behind, by alpha', () => {
    // L / L(0) = 1 and 1/4: r = 1.6 and 0.4, so that the targets are 2 * 1.6^α and 2 * 0.4^α for norms of 2.
    const ratios = [1, 0.25];
    expect(computeGradNormGradient([1, 1], [2, 2], { ratios, alpha: 1.5 })).toEqual([-2, 2]);
    expect(computeGradNormGradient([1, 1], [2, 2], { ratios, alpha: 0 })).toEqual([0, 0]);
    // A weight of 1.6² brings the norm above its target of 1.6 times the mean, for α = 1.
    expect(computeGradNormGradient([2.56, 0.4], [2, 2], { ratios, alpha: 1 })).toEqual([2, -2]);
  });

  it('has the derivative of its objective with the target held fixed', () => {
    const [weights, norms, ratios, alpha] = [[0.7, 1.9, 0.4], [2, 0.3, 1.1], [0.9, 0.2, 0.5], 1.5];
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const targets = ratios.map((ratio) => mean(weights.map((w, i) => w * norms[i]!)) * (ratio / mean(ratios)) ** alpha);
    const objective = (w: readonly number[]) => w.reduce((sum, x, i) => sum + Math.abs(x * norms[i]! - targets[i]!), 0);
    const slopes = weights.map((_, task) => {
      const shifted = (by: number) => objective(weights.map((w, i) => (i === task ? w + by : w)));
      return (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
    });
    expect(largestDifference(slopes, computeGradNormGradient(weights, norms, { ratios, alpha }))).toBeLessThan(1e-8);
  });

  it('brings weighted norms together, with weights of the sum of the tasks and none below zero', async () => {
    const steep = {
      losses: [0.4, 0.2, 0.1],
      gradients: [
        [9, 0, 0, 0],
        [0, 1, 0, 0],
        [1, 1, 0, 0],
      ],
    };
    const all = await follow(Array.from({ length: 200 }, () => steep));
    for (const weights of all) {
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(3, 9);
      expect(Math.min(...weights)).toBeGreaterThan(0);
    }
    const norms = all.at(-1)!.map((weight, task) => weight * [9, 1, Math.SQRT2][task]!);
    expect(Math.max(...norms) / Math.min(...norms)).toBeLessThan(1.3);
  });

  it('compares losses with those of the first step', async () => {
    // Equal norms; the first task has come down to a quarter, so that the other is pulled forward.
    const later = { ...even, losses: [0.1, 0.2] };
    const [, second, third] = await follow([even, later, later], { learningRate: 0.1 });
    expect(second).toEqual([1, 1]);
    expect(third![1]).toBeGreaterThan(third![0]!);
  });

  it('lets no weight fall below zero, where the rate is large', async () => {
    const steep = {
      losses: [0.4, 0.2],
      gradients: [
        [9, 0, 0, 0],
        [0, 1, 0, 0],
      ],
    };
    for (const weights of await follow(
      Array.from({ length: 5 }, () => steep),
      { learningRate: 2 },
    ))
      expect(Math.min(...weights)).toBeGreaterThan(0);
  });

  it('takes norms on the parameter it is told, and names those there are where it does not find one', async () => {
    const far = {
      losses: [0.4, 0.2],
      gradients: [
        [1, 0, 3, 0],
        [1, 0, 0, 1],
      ],
    };
    const [, same] = await follow([far, far]);
    expect(same).toEqual([1, 1]);
    const [, other] = await follow([far, far], { sharedParameter: 'text.projection' });
    expect(other![0]).toBeLessThan(1);
    const wrong = follow([far], { sharedParameter: 'vision.blocks.0' });
    await expect(wrong).rejects.toThrow(InvalidOptionError);
    await expect(wrong).rejects.toThrow(/vision\.blocks\.0 .*got vision\.projection\.weight, text\.projection/);
  });

  it('refuses options out of range', () => {
    expect(() => gradNorm({ alpha: -1 })).toThrow(InvalidOptionError);
  });
});

import { wasm } from '@sofd/backend-wasm';
import { createRandom, InvalidOptionError } from '@sofd/core';
import { useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { combine, gramOf, gridOverSimplex, largestDifference, withContext } from '../context-fixtures.js';
import { computeProduct } from '../gram/gram-matrix.js';
import { computeMinNormWeights, mgda } from './mgda.js';

beforeAll(async () => {
  await useBackend(wasm());
});

const draw = (seed: number, tasks = 3, length = 4) => {
  const random = createRandom(seed);
  return Array.from({ length: tasks }, () => Array.from({ length }, () => random.normal()));
};
const normOf = (gram: readonly (readonly number[])[], w: readonly number[]) => computeProduct(gram, w, w);

describe('the point of the least norm', () => {
  it('is that of the closed form for two gradients', () => {
    for (let seed = 0; seed < 50; seed++) {
      const gradients = draw(seed, 2, 3);
      const [[aa, ab], [, bb]] = gramOf(gradients) as [[number, number], [number, number]];
      const first = Math.min(1, Math.max(0, (bb - ab) / (aa + bb - 2 * ab)));
      expect(largestDifference(computeMinNormWeights(gramOf(gradients)), [first, 1 - first])).toBeLessThan(1e-12);
    }
    expect(
      computeMinNormWeights(
        gramOf([
          [1, 0],
          [3, 0],
        ]),
      ),
    ).toEqual([1, 0]);
    expect(
      computeMinNormWeights(
        gramOf([
          [1, 0],
          [-3, 0],
        ]),
      ),
    ).toEqual([0.75, 0.25]);
  });

  it('is not worse than any point of a grid, and stationary', () => {
    for (let seed = 0; seed < 30; seed++) {
      const gradients = draw(seed, 3, seed % 2 ? 2 : 4); // in two dimensions the three depend on each other
      const gram = gramOf(gradients);
      const weights = computeMinNormWeights(gram);
      const least = normOf(gram, weights);
      let best = Number.POSITIVE_INFINITY;
      for (const point of gridOverSimplex(60)) best = Math.min(best, normOf(gram, point));
      expect(least).toBeLessThanOrEqual(best + 1e-12);
      expect(best - least).toBeLessThan(0.02);
      // <g_i, d> >= |d|² for every task, so that the step lowers every loss.
      const direction = combine(gradients, weights);
      for (const gradient of gradients)
        expect(gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0)).toBeGreaterThanOrEqual(
          least - 1e-10,
        );
    }
  });

  it('moves with the tasks when they change places', () => {
    for (let seed = 0; seed < 20; seed++) {
      const gradients = draw(seed);
      const [a, b, c] = computeMinNormWeights(gramOf(gradients));
      const turned = computeMinNormWeights(gramOf([gradients[2]!, gradients[0]!, gradients[1]!]));
      expect(largestDifference(turned, [c!, a!, b!])).toBeLessThan(1e-10);
    }
  });

  it('is exact where gradients are equal, opposite, zero or of very different lengths', () => {
    const cases = [
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      [
        [1, 2],
        [-1, -2],
        [5, 1],
      ],
      [
        [0, 0],
        [1, 1],
        [-1, 2],
      ],
      [
        [1e-9, 0],
        [0, 1e3],
        [-1e-9, 1],
      ],
    ];
    for (const gradients of cases) {
      const gram = gramOf(gradients);
      const weights = computeMinNormWeights(gram);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      for (const point of gridOverSimplex(50))
        expect(normOf(gram, weights)).toBeLessThanOrEqual(normOf(gram, point) * (1 + 1e-12));
    }
  });
});

describe('mgda', () => {
  const given = {
    losses: [0.4, 0.1],
    gradients: [
      [2, 0, 0, 0],
      [0, 0, 1, 0],
    ],
  };
  const weightsOf = async (normalization?: 'none' | 'l2' | 'loss' | 'loss+') => {
    const rule = mgda({ normalization, minimumLoss: 0 });
    return rule.weights(await withContext(given, (context) => rule.update(rule.init(['a', 'b']), context)));
  };

  it('weights orthogonal gradients by the inverse of their squares, of the sum one', async () => {
    expect(largestDifference(await weightsOf(), [0.2, 0.8])).toBeLessThan(1e-6);
  });

  it('divides gradients by norm, loss or both where asked to', async () => {
    expect(largestDifference(await weightsOf('l2'), [0.5, 0.5])).toBeLessThan(1e-6);
    expect(largestDifference(await weightsOf('loss'), [0.8, 0.2])).toBeLessThan(1e-4); // lengths 5 and 10
    expect(largestDifference(await weightsOf('loss+'), [16 / 17, 1 / 17])).toBeLessThan(1e-4); // lengths 2.5 and 10
  });

  it('gives a task without a gradient all the weight, normalized or not, for nothing can be lowered', async () => {
    for (const normalization of ['none', 'l2', 'loss+'] as const) {
      const rule = mgda({ normalization });
      const still = { ...given, gradients: [[0, 0, 0, 0], given.gradients[1]!] };
      const state = await withContext(still, (context) => rule.update(rule.init(['a', 'b']), context));
      expect(rule.weights(state)).toEqual([1, 0]);
    }
  });

  it('refuses another normalization', () => {
    expect(() => mgda({ normalization: 'l1' as 'l2' })).toThrow(InvalidOptionError);
  });
});

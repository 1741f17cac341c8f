import { createRandom, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { combine, gramOf, gridOverSimplex, largestDifference } from '../context-fixtures.js';
import { computeProduct } from '../gram/gram-matrix.js';
import { computeMinNormWeights } from '../mgda/mgda.js';
import { caGrad, computeCaGradWeights, computeWorstWeights } from './ca-grad.js';

const draw = (seed: number, length = 4) => {
  const random = createRandom(seed);
  return Array.from({ length: 3 }, () => Array.from({ length }, () => random.normal()));
};
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const lengthOf = (a: readonly number[]) => Math.sqrt(dot(a, a));
const mean = [1 / 3, 1 / 3, 1 / 3];

describe('caGrad', () => {
  it('is the mean gradient, times the tasks, for c = 0', () => {
    for (let seed = 0; seed < 10; seed++)
      expect(largestDifference(computeCaGradWeights(gramOf(draw(seed)), 0), [1, 1, 1])).toBeLessThan(1e-15);
  });

  it('tends to the direction of MGDA as c grows', () => {
    for (let seed = 0; seed < 20; seed++) {
      const gradients = draw(seed);
      const nearest = combine(gradients, computeMinNormWeights(gramOf(gradients)));
      const angles = [10, 1000, 1e5].map((c) => {
        const direction = combine(gradients, computeCaGradWeights(gramOf(gradients), c));
        return 1 - dot(direction, nearest) / lengthOf(direction) / lengthOf(nearest);
      });
      expect(angles[2]).toBeLessThan(1e-8);
      expect(angles[2]).toBeLessThanOrEqual(angles[0]! + 1e-15);
    }
  });

  it.each([0.1, 0.4, 0.9, 1.5])('finds the worst weights no grid beats, c = %s', (c) => {
    for (let seed = 0; seed < 30; seed++) {
      const gram = gramOf(draw(seed, seed % 3 === 0 ? 2 : 4));
      const radius = c * Math.sqrt(computeProduct(gram, mean, mean));
      const value = (w: readonly number[]) =>
        computeProduct(gram, w, mean) + radius * Math.sqrt(Math.max(0, computeProduct(gram, w, w)));
      const found = value(computeWorstWeights(gram, c));
      let best = Number.POSITIVE_INFINITY;
      for (const point of gridOverSimplex(60)) best = Math.min(best, value(point));
      expect(found).toBeLessThanOrEqual(best + 1e-12);
      expect(best - found).toBeLessThan(0.05);
    }
  });

  it('helps the worst-off task as much as the dual says, and as no direction within its ball does more', () => {
    const c = 0.5;
    for (let seed = 0; seed < 20; seed++) {
      const gradients = draw(seed);
      const gram = gramOf(gradients);
      const center = combine(gradients, mean);
      const radius = c * lengthOf(center);
      const scale = (1 + c ** 2) / 3; // back from K / (1 + c²)
      const direction = combine(gradients, computeCaGradWeights(gram, c)).map((value) => value * scale);
      expect(lengthOf(direction.map((value, i) => value - center[i]!))).toBeCloseTo(radius, 9);
      const worst = (d: readonly number[]) => Math.min(...gradients.map((gradient) => dot(gradient, d)));
      const weights = computeWorstWeights(gram, c);
      const dual = computeProduct(gram, weights, mean) + radius * Math.sqrt(computeProduct(gram, weights, weights));
      expect(worst(direction)).toBeCloseTo(dual, 9); // no gap: both are optimal
      const random = createRandom(seed).split('directions');
      for (let i = 0; i < 200; i++) {
        const other = center.map(() => random.normal());
        const length = lengthOf(other);
        expect(worst(center.map((value, k) => value + (radius * other[k]!) / length))).toBeLessThanOrEqual(dual + 1e-9);
      }
    }
  });

  it('moves with the tasks when they change places', () => {
    for (let seed = 0; seed < 20; seed++) {
      const gradients = draw(seed);
      const [a, b, d] = computeCaGradWeights(gramOf(gradients), 0.4);
      const turned = computeCaGradWeights(gramOf([gradients[2]!, gradients[0]!, gradients[1]!]), 0.4);
      expect(largestDifference(turned, [d!, a!, b!])).toBeLessThan(1e-9);
    }
  });

  it('does not blow up gradients that cancel', () => {
    // With c above 1 the worst combination is the one that cancels, whose direction is that of rounding errors.
    const cancelling = gramOf([
      [1, 0],
      [-0.5, 1e-6],
    ]);
    expect(Math.max(...computeCaGradWeights(cancelling, 2))).toBeLessThan(1e4);
    for (const weight of computeCaGradWeights(gramOf([[0], [0], [0]]), 0.4)) expect(weight).toBeCloseTo(1 / 1.16, 12);
  });

  it('refuses a negative c', () => {
    expect(() => caGrad({ c: -0.1 })).toThrow(InvalidOptionError);
  });
});

import { wasm } from '@sofd/backend-wasm';
import { createRandom, InvalidOptionError } from '@sofd/core';
import { useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { combine, gramOf, largestDifference, withContext } from '../context-fixtures.js';
import { computePcGradWeights, type PcGradOptions, pcGrad } from './pc-grad.js';

beforeAll(async () => {
  await useBackend(wasm());
});

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** The algorithm of the paper on vectors, all tasks met in the order given. */
function projectVectors(gradients: readonly (readonly number[])[], orders: readonly (readonly number[])[]) {
  const projected = gradients.map((gradient, i) =>
    orders[i]!.reduce<readonly number[]>((g, j) => {
      const other = gradients[j]!;
      const product = dot(g, other);
      return product < 0 ? g.map((value, k) => value - (product / dot(other, other)) * other[k]!) : g;
    }, gradient),
  );
  return projected[0]!.map((_, k) => projected.reduce((sum, gradient) => sum + gradient[k]!, 0));
}

describe('pcGrad', () => {
  it('is the sum of gradients that do not conflict', () => {
    const gram = gramOf([
      [1, 0, 0],
      [0.5, 2, 0],
      [0, 0.1, 3],
    ]);
    expect(computePcGradWeights(gram, createRandom(1))).toEqual([1, 1, 1]);
  });

  it('projects two conflicting gradients onto the planes normal to each other', () => {
    const [a, b] = [
      [2, 0],
      [-1, 1],
    ] as const;
    const weights = computePcGradWeights(gramOf([a, b]), createRandom(1));
    // a - <a, b> / |b|² b = a + b, b - <a, b> / |a|² a = b + a / 2
    expect(weights).toEqual([1.5, 2]);
    const [pa, pb] = [
      [1, 1],
      [0, 1],
    ];
    expect(combine([a, b], weights)).toEqual([pa[0]! + pb[0]!, pa[1]! + pb[1]!]);
    expect([dot(pa, b), dot(pb, a)]).toEqual([0, 0]);
  });

  it('gives the vectors of the algorithm written with vectors, for every draw of orders', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = createRandom(seed);
      const gradients = Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => random.normal()));
      const draws = createRandom(seed).split('orders');
      const orders = [
        [1, 2],
        [0, 2],
        [0, 1],
      ].map((others) => draws.shuffle(others));
      const weights = computePcGradWeights(gramOf(gradients), createRandom(seed).split('orders'));
      expect(largestDifference(combine(gradients, weights), projectVectors(gradients, orders))).toBeLessThan(1e-12);
    }
  });

  it('draws the order of a step from the seed and the step alone', async () => {
    const gradients = [
      [1, 0.25, 0, 0],
      [-1, 0.5, 0, 0],
      [0.125, -1, 0, 0],
    ];
    const gram = gramOf(gradients);
    const weightsAt = async (step: number) => {
      const rule = pcGrad({ seed: 7 });
      const state = rule.init(['a', 'b', 'c']);
      return rule.weights(
        await withContext({ losses: [1, 1, 1], gradients, step }, (context) => rule.update(state, context)),
      );
    };
    const seen = new Set<string>();
    for (let step = 0; step < 12; step++) {
      const weights = await weightsAt(step);
      expect(weights).toEqual(computePcGradWeights(gram, createRandom(7).split(step)));
      seen.add(JSON.stringify(weights));
    }
    expect(seen.size).toBeGreaterThan(1); // the order matters here
  });

  it('needs a seed', () => {
    expect(() => pcGrad({} as PcGradOptions)).toThrow(InvalidOptionError);
  });
});

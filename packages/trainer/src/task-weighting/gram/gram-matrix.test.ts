import { wasm } from '@sofd/backend-wasm';
import { assertNoLeak, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LossPass } from '../../objective/objective.js';
import { gramOf, largestDifference, withContext } from '../context-fixtures.js';
import { solveOnFace } from './faces.js';
import { computeGramMatrix, computeNorm, computeProduct } from './gram-matrix.js';

beforeAll(async () => {
  await useBackend(wasm());
});

const gradients = [
  [1, -2, 0.5, 3],
  [0.25, 1, 0, -1],
  [-4, 0.5, 2, 0.125],
];

describe('the Gram matrix', () => {
  it('holds the inner products over all parameters, and leaves no tensor behind', async () => {
    await withContext({ losses: [1, 2, 3], gradients }, async ({ now }) => {
      await computeGramMatrix(now, 3); // what engines keep for ever
      const gram = await assertNoLeak(() => computeGramMatrix(now, 3));
      expect(gram).toEqual(gramOf(gradients)); // numbers that float32 holds
    });
  });

  it('frees the gradients where a later one fails', async () => {
    await withContext({ losses: [1, 2, 3], gradients }, async ({ now }) => {
      let asked = 0;
      const failing: LossPass = {
        ...now,
        gradients(weights) {
          asked++;
          if (asked === 3) throw new RangeError('no memory');
          return now.gradients(weights);
        },
      };
      await assertNoLeak(() => expect(computeGramMatrix(failing, 3)).rejects.toThrow('no memory'));
    });
  });

  it('gives products and norms of combinations', () => {
    const gram = gramOf([
      [3, 0],
      [0, 4],
    ]);
    expect(computeNorm(gram, [1, 1])).toBe(5);
    expect(computeProduct(gram, [1, 2], [1, -1])).toBe(9 - 32);
    expect(computeNorm([[-1e-20]], [1])).toBe(0);
  });
});

describe('a stationary point on a face', () => {
  it('has one slope among the tasks of the face', () => {
    const gram = gramOf(gradients);
    const right = [0.3, -1, 2];
    for (const face of [[0, 1, 2], [0, 2], [1]]) {
      const weights = solveOnFace(gram, face, { right, total: 1 })!;
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      const slopes = face.map((task) => computeProduct([gram[task]!], [1], weights) - right[task]!);
      expect(
        largestDifference(
          slopes,
          slopes.map(() => slopes[0]!),
        ),
      ).toBeLessThan(1e-10);
      expect(weights.every((weight, task) => face.includes(task) || weight === 0)).toBe(true);
    }
  });

  it('is left to a smaller face where gradients depend on each other', () => {
    const equal = [
      [1, 1],
      [1, 1],
    ];
    expect(solveOnFace(equal, [0, 1], { right: [0, 0], total: 1 })).toBeUndefined();
  });
});

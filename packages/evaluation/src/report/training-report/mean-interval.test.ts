import { describe, expect, it } from 'vitest';
import { computeMeanInterval, studentQuantile } from './mean-interval.js';

describe('studentQuantile', () => {
  // scipy.stats.t.isf((1 - level) / 2, freedom), SciPy 1.17.1
  it.each([
    [0.95, 1, 12.706204736174694],
    [0.95, 2, 4.302652729749462],
    [0.95, 3, 3.1824463052837078],
    [0.95, 4, 2.7764451051977934],
    [0.95, 9, 2.262157162798205],
    [0.95, 30, 2.0422724563012378],
    [0.99, 5, 4.032142983555228],
    [0.5, 2, 0.8164965809277261],
  ])('is that of tables at %f and %i', (level, freedom, expected) => {
    expect(studentQuantile(level, freedom) / expected).toBeCloseTo(1, 12);
  });
});

describe('computeMeanInterval', () => {
  it('is the mean and t times its standard error', () => {
    const { count, mean, interval } = computeMeanInterval([1, 2, 3], 0.95);
    expect({ count, mean }).toEqual({ count: 3, mean: 2 });
    expect(interval![0]).toBeCloseTo(2 - 4.302652729749462 / Math.sqrt(3), 12);
    expect(interval![1]).toBeCloseTo(2 + 4.302652729749462 / Math.sqrt(3), 12);
  });

  it('has no interval for one run, and none wide for equal ones', () => {
    expect(computeMeanInterval([0.5], 0.95)).toEqual({ count: 1, mean: 0.5, interval: null });
    expect(computeMeanInterval([0.5, 0.5], 0.95).interval).toEqual([0.5, 0.5]);
  });
});

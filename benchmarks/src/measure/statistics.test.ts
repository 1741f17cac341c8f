import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile, summarize } from './statistics.js';

describe('quantile', () => {
  test('interpolates between sorted numbers', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 30, 20], 0.5)).toBe(20);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([7], 0.75)).toBe(7);
  });

  test('keeps the numbers as they were', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  test('lies between the least and the greatest, and grows with the fraction', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 });
    fc.assert(
      fc.property(values, (some) => {
        const { median, quartiles } = summarize(some);
        const order = [quantile(some, 0), quartiles[0], median, quartiles[1], quantile(some, 1)];
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect([order[0], order[4]]).toEqual([Math.min(...some), Math.max(...some)]);
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { compareAnswers } from './answers.js';

describe('compareAnswers', () => {
  test('measures the largest difference by the size of the answer', () => {
    const { largest, equal } = compareAnswers([3, 4.001], [3, 4]);
    expect(largest).toBeCloseTo(0.001 / Math.sqrt(12.5), 9);
    expect(equal).toBe(false);
  });

  test('takes rounding for equal', () => {
    const expected = [1, -0.5, 0.25];
    expect(
      compareAnswers(
        expected.map((value) => Math.fround(value * (1 + 1e-6))),
        expected,
      ).equal,
    ).toBe(true);
  });

  test.each([
    ['another length', [1, 2, 3]],
    ['NaN', [1, Number.NaN]],
    ['what JSON makes of NaN', [1, null as unknown as number]],
  ])('takes %s for another answer', (_, answer) => {
    expect(compareAnswers(answer, [1, 2]).equal).toBe(false);
    expect(compareAnswers(answer, [1, 0]).equal).toBe(false);
  });
});

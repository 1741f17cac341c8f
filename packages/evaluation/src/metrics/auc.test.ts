import { EvaluationError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeAuc } from './auc.js';

/** Labels of both classes with coarse integer scores, so that ties are common. */
const scoreSets = fc
  .array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: -8, max: 8 })), { minLength: 2, maxLength: 40 })
  .filter((rows) => new Set(rows.map(([label]) => label)).size === 2)
  .map((rows) => ({ labels: rows.map(([label]) => label), scores: rows.map(([, score]) => score) }));

/** The definition, pair by pair. */
function countPairs(labels: readonly number[], scores: readonly number[]): number {
  let won = 0;
  let pairs = 0;
  labels.forEach((label, i) => {
    labels.forEach((other, j) => {
      if (label !== 1 || other !== 0) return;
      pairs++;
      won += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
    });
  });
  return won / pairs;
}

describe('computeAuc', () => {
  it('equals the share of positive-negative pairs in the right order', () => {
    fc.assert(
      fc.property(scoreSets, ({ labels, scores }) => {
        // Both are one division of the same exactly counted halves.
        expect(computeAuc(labels, scores)).toBe(countPairs(labels, scores));
      }),
    );
  });

  it('does not change under strictly increasing maps', () => {
    fc.assert(
      fc.property(scoreSets, ({ labels, scores }) => {
        const mapped = scores.map((score) => 1 / (1 + Math.exp(-score / 3)));
        expect(computeAuc(labels, mapped)).toBe(computeAuc(labels, scores));
      }),
    );
  });

  it('becomes its complement when labels are flipped, and when scores are negated', () => {
    fc.assert(
      fc.property(scoreSets, ({ labels, scores }) => {
        const auc = computeAuc(labels, scores);
        const flipped = labels.map((label) => 1 - label);
        const negated = scores.map((score) => -score);
        // One rounding of the quotient on each side: two ulps of 1.
        expect(Math.abs(computeAuc(flipped, scores) - (1 - auc))).toBeLessThanOrEqual(2 * Number.EPSILON);
        expect(Math.abs(computeAuc(labels, negated) - (1 - auc))).toBeLessThanOrEqual(2 * Number.EPSILON);
      }),
    );
  });

  it('is one half when all scores tie', () => {
    expect(computeAuc([0, 1, 1, 0, 0], [0.3, 0.3, 0.3, 0.3, 0.3])).toBe(0.5);
    expect(computeAuc([0, 1], [-0, 0])).toBe(0.5);
  });

  it.each([
    ['one class only', [1, 1], [0.2, 0.3], /label 0 \(real\)/],
    ['no row', [], [], /at least one row/],
    ['unequal lengths', [0, 1], [0.5], /1 scores for 2 labels/],
    ['a score that is not a number', [0, 1], [0.5, Number.NaN], /row 1, got NaN/],
    ['a soft label', [0, 0.5], [0.5, 0.1], /label 0 or 1 in row 1, got 0.5/],
  ])('refuses %s instead of answering NaN', (_, labels, scores, message) => {
    expect(() => computeAuc(labels, scores)).toThrow(EvaluationError);
    expect(() => computeAuc(labels, scores)).toThrow(message);
  });
});

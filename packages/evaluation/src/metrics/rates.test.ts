import { EvaluationError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyAt } from './accuracy.js';
import { computeAuc } from './auc.js';
import { averagePrecision } from './average-precision.js';
import { equalErrorRate } from './equal-error-rate.js';
import { computeRoc } from './roc.js';
import { tprAtFpr } from './tpr-at-fpr.js';

const scoreSets = fc
  .array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 12 })), { minLength: 2, maxLength: 40 })
  .filter((rows) => new Set(rows.map(([label]) => label)).size === 2)
  .map((rows) => ({ labels: rows.map(([label]) => label), scores: rows.map(([, score]) => score / 12) }));

/** Sums of at most 40 products of numbers in [0, 1]: 40 roundings of half an ulp of 1, rounded up. */
const sumTolerance = 64 * Number.EPSILON;

describe('computeRoc', () => {
  it('runs from (0, 0) to (1, 1) and its trapezoids add up to the AUC', () => {
    fc.assert(
      fc.property(scoreSets, ({ labels, scores }) => {
        const { falsePositiveRates: fpr, truePositiveRates: tpr, thresholds } = computeRoc(labels, scores);
        expect([fpr[0], tpr[0], fpr.at(-1), tpr.at(-1)]).toEqual([0, 0, 1, 1]);
        expect(new Set(thresholds).size).toBe(new Set(scores).size + 1);
        let area = 0;
        for (let k = 1; k < fpr.length; k++) area += ((fpr[k]! - fpr[k - 1]!) * (tpr[k]! + tpr[k - 1]!)) / 2;
        expect(Math.abs(area - computeAuc(labels, scores))).toBeLessThanOrEqual(sumTolerance);
      }),
    );
  });
});

describe('equalErrorRate', () => {
  it('stays the same when labels and order are both flipped', () => {
    fc.assert(
      fc.property(scoreSets, ({ labels, scores }) => {
        const mirrored = equalErrorRate(
          labels.map((label) => 1 - label),
          scores.map((score) => -score),
        );
        expect(Math.abs(mirrored - equalErrorRate(labels, scores))).toBeLessThanOrEqual(sumTolerance);
      }),
    );
  });

  it('is 0 for a perfect detector, 1 for a perfectly wrong one, one half for a constant', () => {
    expect(equalErrorRate([0, 0, 1], [0.1, 0.2, 0.9])).toBe(0);
    expect(equalErrorRate([1, 1, 0], [0.1, 0.2, 0.9])).toBe(1);
    expect(equalErrorRate([1, 0, 0], [0.4, 0.4, 0.4])).toBe(0.5);
  });
});

describe('averagePrecision', () => {
  it('gives the share of positives for a constant score', () => {
    expect(averagePrecision([1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5])).toBe(0.25);
  });

  it('needs a positive, but no negative', () => {
    expect(averagePrecision([1, 1], [0.1, 0.2])).toBe(1);
    expect(() => averagePrecision([0, 0], [0.1, 0.2])).toThrow(EvaluationError);
  });
});

describe('tprAtFpr', () => {
  it('counts a threshold whose false alarms exactly meet the budget, and not one above it', () => {
    const labels = [0, 0, 0, 0, 1, 1];
    const scores = [0.1, 0.2, 0.3, 0.7, 0.6, 0.9];
    expect(tprAtFpr(labels, scores, 0)).toBe(0.5);
    expect(tprAtFpr(labels, scores, 0.24)).toBe(0.5);
    expect(tprAtFpr(labels, scores, 0.25)).toBe(1);
  });

  it('never falls as the budget grows', () => {
    fc.assert(
      fc.property(scoreSets, fc.double({ min: 0, max: 1, noNaN: true }), ({ labels, scores }, budget) => {
        expect(tprAtFpr(labels, scores, budget)).toBeGreaterThanOrEqual(tprAtFpr(labels, scores, budget / 2));
      }),
    );
  });

  it('refuses a budget that looks like per cent', () => {
    expect(() => tprAtFpr([0, 1], [0.1, 0.2], 5)).toThrow(/write 1 % as 0.01/);
  });
});

describe('accuracyAt', () => {
  it('calls a score at the threshold fake', () => {
    expect(accuracyAt([1, 0], [0.5, 0.49], 0.5)).toBe(1);
    expect(accuracyAt([0, 1], [0.5, 0.49], 0.5)).toBe(0);
  });
});

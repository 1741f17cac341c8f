import { decideVerdict, EvaluationError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeAuc } from '../metrics/auc.js';
import { logLoss } from '../metrics/log-loss.js';
import { chooseThreshold } from './choose-threshold.js';
import { chooseVerdictThresholds } from './choose-verdict.js';
import { applyCalibration, fitPlattCalibration } from './platt.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Rows whose true p(fake) is σ(0.5 z - 1), but which a model scores σ(z): labels spread so that shares are exact. */
function makeMiscalibrated() {
  const labels: number[] = [];
  const probabilities: number[] = [];
  for (const z of [-4, -2, 0, 2, 4, 6]) {
    const fakes = Math.round(2000 * sigmoid(0.5 * z - 1));
    for (let i = 0; i < 2000; i++) {
      labels.push(i < fakes ? 1 : 0);
      probabilities.push(sigmoid(z));
    }
  }
  return { labels, probabilities };
}

const scoreSets = fc
  .array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 20 })), { minLength: 2, maxLength: 40 })
  .filter((rows) => new Set(rows.map(([label]) => label)).size === 2)
  .map((rows) => ({ labels: rows.map(([label]) => label), probabilities: rows.map(([, score]) => score / 20) }));

describe('fitPlattCalibration', () => {
  it('finds the map that made the scores wrong', () => {
    const { labels, probabilities } = makeMiscalibrated();
    const { scale, bias } = fitPlattCalibration(labels, probabilities);
    // Shares are rounded to 1/2000 a level, which moves the fit by about 1e-3; soft targets and ridge by 1e-4.
    expect(scale).toBeCloseTo(0.5, 2);
    expect(bias).toBeCloseTo(-1, 2);
  });

  it('lowers the log loss of miscalibrated scores', () => {
    const { labels, probabilities } = makeMiscalibrated();
    const calibration = fitPlattCalibration(labels, probabilities);
    const calibrated = probabilities.map((p) => applyCalibration(calibration, p));
    expect(logLoss(labels, calibrated)).toBeLessThan(logLoss(labels, probabilities) - 0.1);
  });

  it('stays finite and keeps the order on any set of both classes, separable ones included', () => {
    fc.assert(
      fc.property(scoreSets, ({ labels, probabilities }) => {
        const calibration = fitPlattCalibration(labels, probabilities);
        expect(Number.isFinite(calibration.scale) && Number.isFinite(calibration.bias)).toBe(true);
        expect(calibration.scale).toBeGreaterThan(0);
        const calibrated = probabilities.map((p) => applyCalibration(calibration, p));
        expect(computeAuc(labels, calibrated)).toBe(computeAuc(labels, probabilities));
      }),
    );
  });

  it('does not become certain on a separable set of four', () => {
    const calibration = fitPlattCalibration([0, 0, 1, 1], [0.01, 0.02, 0.98, 0.99]);
    // Soft targets of two rows a class are 1/4 and 3/4.
    expect(applyCalibration(calibration, 0.99)).toBeLessThan(0.8);
    expect(applyCalibration(calibration, 0.01)).toBeGreaterThan(0.2);
  });

  it('fits the bias alone where all scores are equal', () => {
    const calibration = fitPlattCalibration([1, 1, 1, 0], [0.5, 0.5, 0.5, 0.5]);
    expect(calibration.scale).toBe(1);
    // The mean soft target: (3 · 4/5 + 1/3) / 4.
    expect(applyCalibration(calibration, 0.5)).toBeCloseTo((3 * (4 / 5) + 1 / 3) / 4, 3);
  });

  it('refuses one class and probabilities out of range', () => {
    expect(() => fitPlattCalibration([1, 1], [0.2, 0.4])).toThrow(EvaluationError);
    expect(() => applyCalibration({ kind: 'platt', scale: 1, bias: 0 }, 1.2)).toThrow(EvaluationError);
  });

  it('leaves probabilities alone when it is the identity', () => {
    expect(applyCalibration({ kind: 'identity' }, 0.123)).toBe(0.123);
  });
});

describe('chooseThreshold', () => {
  it('keeps false alarms within the budget and no lower threshold would', () => {
    fc.assert(
      fc.property(scoreSets, fc.constantFrom(0, 0.01, 0.1, 0.25, 0.5, 1), ({ labels, probabilities }, targetFpr) => {
        const reals = probabilities.filter((_, row) => labels[row] === 0);
        fc.pre(reals.filter((p) => p === 1).length / reals.length <= targetFpr);
        const { threshold, falsePositiveRate } = chooseThreshold({ labels, probabilities, targetFpr });
        expect(falsePositiveRate).toBeLessThanOrEqual(targetFpr);
        const next = Math.max(...reals.filter((p) => p < threshold), Number.NEGATIVE_INFINITY);
        const looser = reals.filter((p) => p >= next).length / reals.length;
        if (Number.isFinite(next)) expect(looser).toBeGreaterThan(targetFpr);
      }),
    );
  });

  it('keeps a budget that is a whole number of rows whole', () => {
    // 0.07 · 100 rounds to just above 7, 0.29 · 100 to just below 29.
    const labels = [...Array.from({ length: 100 }, () => 0), 1];
    const probabilities = Array.from({ length: 101 }, (_, i) => i / 101);
    expect(chooseThreshold({ labels, probabilities, targetFpr: 0.29 }).falsePositiveRate).toBe(0.29);
  });

  it('refuses a budget that saturated scores cannot meet', () => {
    expect(() => chooseThreshold({ labels: [0, 1], probabilities: [1, 1], targetFpr: 0 })).toThrow(/at exactly 1/);
  });
});

describe('chooseVerdictThresholds', () => {
  it('is uncertain between the two budgets where classes overlap', () => {
    const thresholds = chooseVerdictThresholds({
      labels: [0, 0, 1, 1],
      probabilities: [0.1, 0.6, 0.4, 0.9],
      targetFpr: 0,
    });
    expect(thresholds).toEqual({ fake: 0.75, uncertain: [0.25, 0.75] });
    expect([0.2, 0.25, 0.5, 0.75, 0.8].map((p) => decideVerdict(p, thresholds))).toEqual([
      'real',
      'uncertain',
      'uncertain',
      'uncertain',
      'fake',
    ]);
  });

  it('always has a verdict where one threshold meets both budgets', () => {
    const thresholds = chooseVerdictThresholds({
      labels: [0, 0, 1, 1],
      probabilities: [0.1, 0.2, 0.8, 0.9],
      targetFpr: 0,
    });
    expect(thresholds).toEqual({ fake: 0.5 });
  });

  it('holds both budgets on the rows that chose it', () => {
    fc.assert(
      fc.property(scoreSets, fc.constantFrom(0, 0.1, 0.3), ({ labels, probabilities }, targetFpr) => {
        const count = (label: number, value: number) =>
          probabilities.filter((p, row) => labels[row] === label && p === value).length;
        fc.pre(count(0, 1) === 0 && count(1, 0) === 0);
        const thresholds = chooseVerdictThresholds({ labels, probabilities, targetFpr });
        const verdicts = probabilities.map((p) => decideVerdict(p, thresholds));
        const share = (label: number, verdict: string) =>
          verdicts.filter((v, row) => labels[row] === label && v === verdict).length /
          labels.filter((l) => l === label).length;
        expect(share(0, 'fake')).toBeLessThanOrEqual(targetFpr);
        expect(share(1, 'real')).toBeLessThanOrEqual(targetFpr);
      }),
    );
  });
});

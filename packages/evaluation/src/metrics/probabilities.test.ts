import { EvaluationError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { brierScore } from './brier-score.js';
import { computeReliability, expectedCalibrationError } from './calibration-error.js';
import { logLoss } from './log-loss.js';

describe('probability metrics', () => {
  it.each([
    ['brierScore', brierScore],
    ['logLoss', logLoss],
    ['expectedCalibrationError', expectedCalibrationError],
  ])('%s refuses logits', (name, metric) => {
    expect(() => metric([0, 1], [0.5, 1.5])).toThrow(EvaluationError);
    expect(() => metric([0, 1], [0.5, -0.1])).toThrow(/pass marginals, not logits/);
    expect(name.length).toBeGreaterThan(0);
  });

  it('logLoss stays finite for a confident mistake, at the float64 clip', () => {
    expect(logLoss([1], [0])).toBeCloseTo(52 * Math.LN2, 10);
  });

  it('a forecaster who is right as often as she says has no calibration error', () => {
    // Of four rows at 0.25, one is fake.
    expect(expectedCalibrationError([1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25])).toBe(0);
  });

  it('reads confidence of a real verdict as 1 - p in the top-label kind', () => {
    // Verdicts: real at 0.9 confidence (right), real at 0.9 confidence (wrong): accuracy 0.5.
    expect(expectedCalibrationError([0, 1], [0.1, 0.1], { kind: 'top-label' })).toBeCloseTo(0.4, 12);
  });

  it('puts bin edges into the lower bin, and 0 into the first', () => {
    const bins = computeReliability([0, 0, 1, 1], [0, 0.5, 0.5000001, 1], { bins: 2 });
    expect(bins.map(({ bin, count }) => [bin, count])).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it('refuses a bin count of zero', () => {
    expect(() => computeReliability([0], [0.5], { bins: 0 })).toThrow(/positive whole number of bins, got 0/);
  });
});

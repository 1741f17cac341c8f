import { createRandom, EvaluationError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { fitRidge } from './fit-ridge.js';
import { probeFeatures } from './probe-features.js';

/** Two rows a person, one of each class, `shift` apart in the first of three features. */
function createSet(shift: number, people = 150) {
  const random = createRandom('set');
  const rows = Array.from({ length: 2 * people }, (_, i) => ({
    label: i % 2,
    group: `p${i >> 1}`,
    features: [random.normal() + shift * (i % 2), 1e6 * random.normal(), 7],
  }));
  return {
    features: rows.map(({ features }) => features),
    labels: rows.map(({ label }) => label),
    groups: rows.map(({ group }) => group),
  };
}

describe('fitRidge', () => {
  it('solves its equations: the gradient is 0', () => {
    const { features, labels } = createSet(0.7);
    const varying = features.map(([a, b]) => [a!, b! / 1e6]);
    const { weights, bias } = fitRidge(varying, labels, 1e-12);
    const residuals = varying.map(
      (row, i) => weights[0]! * row[0]! + weights[1]! * row[1]! + bias - (2 * labels[i]! - 1),
    );
    for (const k of [0, 1]) {
      // Equal classes: the weights of all rows are equal, so plain least squares. 300 rows of about 1, solved to 1e-12.
      expect(Math.abs(residuals.reduce((sum, residual, i) => sum + residual * varying[i]![k]!, 0))).toBeLessThan(
        1e-9 * 300,
      );
    }
  });
});

describe('probeFeatures', () => {
  it('finds what is there, as far as it is there', () => {
    // Two normal distributions whose means are d apart have AUC = Phi(d / sqrt 2): 0.760 for d = 1.
    const { estimate, interval } = probeFeatures(createSet(1), { seed: 1, resamples: 400 });
    expect(Math.abs(estimate - 0.76)).toBeLessThan(0.08);
    expect(interval[0]).toBeGreaterThan(0.6);
  });

  it('finds nothing where nothing is', () => {
    const { interval } = probeFeatures(createSet(0), { seed: 1, resamples: 400 });
    expect(interval[0]).toBeLessThan(0.5);
    expect(interval[1]).toBeGreaterThan(0.45);
  });

  it('does not learn people: a feature that names them helps nothing', () => {
    const set = createSet(0, 60);
    const features = set.groups.map((group) => set.groups.map((other) => Number(group === other)).slice(0, 60));
    const labels = set.groups.map((group) => Number(group.slice(1)) % 2);
    const { estimate } = probeFeatures({ ...set, features, labels }, { seed: 2, resamples: 100 });
    expect(estimate).toBeCloseTo(0.5, 10);
  });

  it('is the same for the same seed', () => {
    const probe = (seed: number) => probeFeatures(createSet(0.3), { seed, resamples: 50 });
    expect(probe(3)).toEqual(probe(3));
    expect(probe(3)).not.toEqual(probe(4));
  });

  it('refuses what it cannot probe', () => {
    const set = createSet(1, 4);
    const options = { seed: 1, resamples: 10 };
    for (const wrong of [
      () => probeFeatures({ ...set, labels: [1] }, options),
      () => probeFeatures(set, { ...options, folds: 5 }),
      () => probeFeatures({ ...set, features: set.features.map(() => [Number.NaN]) }, { ...options, folds: 2 }),
      () => probeFeatures({ ...set, labels: set.labels.map(() => 1) }, { ...options, folds: 2 }),
    ])
      expect(wrong).toThrow(EvaluationError);
  });
});

import { EvaluationError, encodeTargets, faceForensics } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { chooseLabelThresholds } from './calibration/label-thresholds.js';
import { evaluateScores } from './evaluate-scores.js';
import { computeAuc } from './metrics/auc.js';

const graph = faceForensics;
const width = graph.labels.length;
const column = (label: string) => (graph.labels as readonly string[]).indexOf(label);

/** Twelve people, one real and one fake image each; marginals lean towards the targets by a fixed pattern. */
function makeRows(people = 12) {
  const rows = Array.from({ length: people * 2 }, (_, row) => ({
    identity: `person ${row >> 1}`,
    targets: encodeTargets(
      graph,
      row % 2 === 0 ? null : { global: ['identity'], local: row % 4 === 1 ? ['nose'] : ['mouth'] },
    ),
  }));
  const targets = rows.flatMap((row) => [...row.targets]);
  const marginals = targets.map((target, index) => 0.5 + (target === 1 ? 0.2 : -0.2) + 0.29 * Math.sin(index * 1.7));
  return { targets, marginals, identities: rows.map(({ identity }) => identity) };
}

describe('evaluateScores', () => {
  it('scores the primary label by the same AUC as computeAuc on its column', () => {
    const rows = makeRows();
    const summary = evaluateScores({ graph, ...rows, resamples: 200 });
    const fake = column('fake');
    const labels = rows.identities.map((_, row) => rows.targets[row * width + fake]!);
    const scores = rows.identities.map((_, row) => rows.marginals[row * width + fake]!);
    expect(summary.auc).toBe(computeAuc(labels, scores));
    expect(summary.perLabel.fake?.auc).toBe(summary.auc);
    expect(summary).toMatchObject({
      count: 24,
      positives: 12,
      negatives: 12,
      identities: 12,
      intervalUnit: 'identity',
    });
    expect(summary.interval[0]).toBeLessThanOrEqual(summary.auc);
    expect(summary.interval[1]).toBeGreaterThanOrEqual(summary.auc);
  });

  it('reports every label of the graph, and says why a label has no figure', () => {
    const { perLabel } = evaluateScores({ graph, ...makeRows(), resamples: 100 });
    expect(Object.keys(perLabel)).toEqual([...graph.labels]);
    expect(perLabel.nose).toMatchObject({ positives: 6, negatives: 18 });
    expect(perLabel.skin).toEqual({
      auc: null,
      interval: null,
      positives: 0,
      negatives: 24,
      reason: 'no altered image in this set',
    });
  });

  it('is plain JSON and the same for the same seed', () => {
    const options = { graph, ...makeRows(), seed: 'x', resamples: 100 };
    const summary = evaluateScores(options);
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(evaluateScores(options)).toEqual(summary);
  });

  it('warns about few people and falls back to images for one person', () => {
    const few = evaluateScores({ graph, ...makeRows(4), resamples: 50 });
    expect(few.warnings.join()).toMatch(/Only 4 people/);
    const rows = makeRows();
    const one = evaluateScores({ graph, ...rows, identities: rows.identities.map(() => 'same'), resamples: 50 });
    expect(one.intervalUnit).toBe('row');
    expect(one.warnings.join()).toMatch(/one person/);
    expect(evaluateScores({ graph, ...rows, resamples: 50 }).warnings).toEqual([]);
  });

  it('refuses tables that do not fit the graph', () => {
    const rows = makeRows();
    expect(() => evaluateScores({ graph, ...rows, targets: rows.targets.slice(1) })).toThrow(EvaluationError);
    expect(() => evaluateScores({ graph, ...rows, marginals: rows.marginals.slice(width) })).toThrow(
      /as many marginals/,
    );
    expect(() => evaluateScores({ graph, ...rows, identities: ['a'] })).toThrow(/24 rows, got 1/);
  });

  it('refuses a set without fakes', () => {
    const rows = makeRows();
    expect(() => evaluateScores({ graph, ...rows, targets: rows.targets.map(() => 0) })).toThrow(/label 1 \(fake\)/);
  });
});

describe('chooseLabelThresholds', () => {
  it('separates a label that can be separated and never claims one that no row has', () => {
    const { targets } = makeRows();
    const marginals = targets.map((target) => (target === 1 ? 0.3 : 0.1));
    const thresholds = chooseLabelThresholds({ graph, targets, marginals });
    expect(Object.keys(thresholds)).toEqual([...graph.labels]);
    expect(thresholds.nose).toBeCloseTo(0.2, 12);
    expect(thresholds.skin).toBe(1);
  });
});

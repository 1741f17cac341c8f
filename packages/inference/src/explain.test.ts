import { computeMarginals, createRandom, faceForensics, findMostLikelyState, type LabelGraph } from '@sofd/core';
import type { FaceQuality } from '@sofd/face';
import { describe, expect, it } from 'vitest';
import { explain } from './explain.js';

const graph: LabelGraph = faceForensics;
const thresholds = { fake: 0.5, uncertain: [0.4, 0.6] as const, labels: {} };
const logitsOf = (weights: Record<string, number>) =>
  Float32Array.from(faceForensics.labels, (label) => weights[label] ?? -6);
const evidence = (
  logits: Float32Array,
  verdict: 'real' | 'fake' | 'uncertain',
  poorQuality: FaceQuality | null = null,
) => ({
  logits,
  marginals: computeMarginals(faceForensics, logits),
  verdict,
  thresholds,
  poorQuality,
});

describe('explain', () => {
  it('names the attributes and regions of the most likely state, strongest first', () => {
    const logits = logitsOf({ fake: 4, identity: 5, eye: 2, mouth: 4 });
    const explanation = explain(graph, evidence(logits, 'fake'));
    expect(explanation.state).toEqual(['fake', 'identity', 'eye', 'mouth']);
    expect(explanation.globals).toEqual(['identity']);
    expect(explanation.regions).toEqual(['mouth', 'eye']);
    expect(explanation.summary).toBe('Fake (above 99 %): identity altered, strongest in mouth and eye.');
  });

  it('names no label below its threshold, down to "fake and nothing else"', () => {
    const logits = logitsOf({ fake: 4, identity: 5, eye: 2, mouth: 4 });
    const within = (labels: Record<string, number>) =>
      explain(graph, { ...evidence(logits, 'fake'), thresholds: { ...thresholds, labels } }).state;
    expect(within({ mouth: 1 })).toEqual(['fake', 'identity', 'eye']);
    expect(within({ identity: 1 })).toEqual(['fake']);
  });

  it('explains a face judged real as real, whatever the likeliest state', () => {
    const explanation = explain(graph, evidence(logitsOf({ fake: 4, identity: 5, eye: 2 }), 'real'));
    expect(explanation).toMatchObject({ state: [], globals: [], regions: [] });
    expect(explanation.summary).toMatch(/^No alteration found/);
  });

  it('explains a face judged fake by a fake state, where "real" is the likeliest single one', () => {
    const logits = new Float32Array(10).fill(-0.05);
    expect(findMostLikelyState(graph, logits).labels).toEqual([]);
    const explanation = explain(graph, evidence(logits, 'fake'));
    expect(explanation.state).toEqual(['fake']);
    expect(explanation.summary).toContain('the model cannot say where');
  });

  it('is a legal state of the verdict for any logits', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = createRandom(seed);
      const logits = Float32Array.from(faceForensics.labels, () => random.normal(0, 2));
      const { state } = explain(graph, evidence(logits, 'fake'));
      expect(state[0]).toBe('fake');
      const likeliest = findMostLikelyState(graph, logits).labels;
      if (likeliest.length > 0) expect(state).toEqual(likeliest);
    }
  });

  it('says why it abstains', () => {
    const logits = new Float32Array(10);
    expect(explain(graph, evidence(logits, 'uncertain')).summary).toBe(
      'Not certain: above 99 % lies between 40 % and 60 %, where this model does not decide.',
    );
    const quality: FaceQuality = {
      size: 23.6,
      blur: 3,
      yaw: 0,
      pitch: 0,
      roll: 0,
      score: 0.1,
      reasons: ['small', 'blurred'],
    };
    expect(explain(graph, evidence(logits, 'uncertain', quality)).summary).toBe(
      'Not judged: the face is small (24 pixels between the eyes) and is blurred.',
    );
  });
});

import { faceForensics, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { judgeLabels, judgePhoto, resolveThresholds } from './judge.js';

const manifest = { thresholds: { fake: 0.7, uncertain: [0.6, 0.8] as [number, number], labels: { eye: 0.3 } } };

describe('resolveThresholds', () => {
  it('takes those of the checkpoint, 0.5 for labels it does not name', () => {
    const thresholds = resolveThresholds(faceForensics, manifest, null);
    expect(thresholds).toMatchObject({ fake: 0.7, uncertain: [0.6, 0.8], labels: { fake: 0.7, eye: 0.3, nose: 0.5 } });
    expect(Object.keys(thresholds.labels)).toEqual([...faceForensics.labels]);
  });

  it('drops the band of the checkpoint where the caller draws one line', () => {
    expect(resolveThresholds(faceForensics, manifest, { fake: 0.5 })).toMatchObject({ fake: 0.5, uncertain: null });
  });

  it('refuses labels that the graph does not have', () => {
    expect(() => resolveThresholds(faceForensics, manifest, { fake: 0.5, labels: { ear: 0.5 } })).toThrow(
      InvalidOptionError,
    );
  });
});

describe('judging', () => {
  it('calls no label altered unless the face is judged fake', () => {
    const thresholds = resolveThresholds(faceForensics, manifest, null);
    const marginals = new Float64Array(10).fill(0.9);
    for (const verdict of ['real', 'uncertain'] as const) {
      const labels = judgeLabels(faceForensics, marginals, { thresholds, verdict });
      expect(Object.values(labels).some(({ altered }) => altered)).toBe(false);
    }
    const labels = judgeLabels(faceForensics, marginals, { thresholds, verdict: 'fake' });
    expect(labels.eye).toEqual({ probability: 0.9, threshold: 0.3, altered: true });
  });

  it('gives a photo the verdict of its worst face', () => {
    expect(judgePhoto([])).toBe('no-face');
    expect(judgePhoto(['real', 'real'])).toBe('real');
    expect(judgePhoto(['real', 'uncertain'])).toBe('uncertain');
    expect(judgePhoto(['real', 'uncertain', 'fake'])).toBe('fake');
  });
});

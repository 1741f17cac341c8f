import { encodeTargets, faceForensics } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { chooseLabelThresholds } from './label-thresholds.js';

const width = faceForensics.labels.length;
const nose = encodeTargets(faceForensics, { global: ['physical inconsistency'], local: ['nose'] });
const rows = [new Uint8Array(width), nose, new Uint8Array(width), nose];
const targets = rows.flatMap((row) => [...row]);
/** Rows with their label score 0.8 and 0.6, rows without it 0.4 and 0.1. */
const marginals = rows.flatMap((row, index) =>
  [...row].map((target) => [0.4, 0.8, 0.1, 0.6][index]! * (target ? 1 : 0.5)),
);

describe('chooseLabelThresholds', () => {
  it('puts the threshold between the rows with a label and those without', () => {
    const { nose: threshold } = chooseLabelThresholds({ graph: faceForensics, targets, marginals });
    // Rows without: 0.2 and 0.05; rows with: 0.8 and 0.6.
    expect(threshold).toBeCloseTo((0.6 + 0.2) / 2, 12);
  });

  it('claims no label that no row has', () => {
    const thresholds = chooseLabelThresholds({ graph: faceForensics, targets, marginals });
    expect([thresholds.identity, thresholds.skin, thresholds.eyebrow]).toEqual([1, 1, 1]);
  });

  it('takes one half for a label that every row has', () => {
    const always = chooseLabelThresholds({
      graph: faceForensics,
      targets: [...nose, ...nose],
      marginals: marginals.slice(0, 2 * width),
    });
    expect(always.nose).toBe(0.5);
  });
});

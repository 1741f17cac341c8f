import { DatasetError, defineLabelGraph, faceForensics, IllegalLabelError } from '@sofd/core';
import { describe, expect, test } from 'vitest';
import { relabel } from './relabel.js';

describe('relabel', () => {
  // method.md section 4: fake | expression, identity, physical inconsistency | eye, brow, lip, mouth, nose, skin.
  test.each([
    ['real', 'real', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['expansion:eyes', 'fake', [1, 0, 0, 1, 1, 0, 0, 0, 0, 0]],
    ['expansion:mouth', 'fake', [1, 0, 0, 1, 0, 0, 1, 1, 0, 0]],
    ['expansion:nose', 'fake', [1, 0, 0, 1, 0, 0, 0, 0, 1, 0]],
    ['expansion:blend-only', 'real', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ] as const)('labels %s as %s', (manipulation, label, targets) => {
    for (const annotation of ['training', 'graph'] as const) {
      expect(relabel(faceForensics, manipulation, annotation)).toMatchObject({ label, targets });
    }
    expect(relabel(faceForensics, 'expansion:eyes').altered).toEqual(['fake', 'physical inconsistency', 'eye']);
  });

  test('tells the two published label maps apart', () => {
    expect(relabel(faceForensics, 'FaceSwap', 'training').targets[3]).toBe(1);
    expect(relabel(faceForensics, 'FaceSwap', 'graph').targets[3]).toBe(0);
  });

  test("takes a rule table for a graph of one's own", () => {
    const graph = defineLabelGraph({
      primary: { prompt: 'A {label} photo', label: 'edited' },
      global: { prompt: 'A photo with {label}', labels: { makeup: ['lips'] } },
      local: { prompt: 'A photo with edited {label}', labels: ['lips'] },
    });
    const table = {
      'expansion:mouth': { global: ['makeup'], local: ['lips'] },
      broken: { global: [], local: ['lips'] },
    };
    expect(relabel(graph, 'expansion:mouth', { name: 'own', table }).targets).toEqual([1, 1, 1]);
    expect(() => relabel(graph, 'broken', { name: 'own', table })).toThrow(IllegalLabelError);
  });

  test('names what it knows', () => {
    expect(() => relabel(faceForensics, 'expansion:ears')).toThrow(DatasetError);
    expect(() => relabel(faceForensics, 'expansion:ears')).toThrow(/expansion:eyes.*got expansion:ears/);
    expect(() => relabel(faceForensics, 'real', 'other' as 'graph')).toThrow(/training, graph, got other/);
  });
});

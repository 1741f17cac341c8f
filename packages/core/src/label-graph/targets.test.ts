import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlteredAttributes,
  assertLegalTargets,
  computeLegalStates,
  decodeTargets,
  encodeTargets,
  faceForensics,
  faceForensicsAnnotations,
  ffsc,
  IllegalLabelError,
  ShapeMismatchError,
} from '../index.js';

type Altered = AlteredAttributes<typeof faceForensics>;
const encode = (altered: Altered) => encodeTargets(faceForensics, altered).join('');

describe('encodeTargets', () => {
  it('sets fake, the attributes and the regions', () => {
    expect(encode(null)).toBe('0000000000');
    expect(encode({ global: [], local: [] })).toBe('1000000000');
    expect(encode({ global: ['physical inconsistency'], local: ['nose', 'eye'] })).toBe('1001100010');
  });

  it('refuses an attribute without a region, naming the edges', () => {
    const illegal = () => encode({ global: ['expression'], local: [] });
    expect(illegal).toThrow(IllegalLabelError);
    expect(illegal).toThrow(
      '"expression" needs at least one of its children "lip", "mouth" (edges expression -> child)',
    );
  });

  it('refuses a region without an attribute, naming the edges', () => {
    expect(() => encode({ global: ['expression'], local: ['lip', 'skin'] })).toThrow(
      '"skin" needs at least one of its parents "identity" (edges parent -> skin)',
    );
  });

  it('refuses labels that the level does not have, all at once', () => {
    const altered = { global: ['pose', 'eye'], local: ['hair'] } as unknown as Altered;
    try {
      encode(altered);
      expect.unreachable();
    } catch (error) {
      expect(IllegalLabelError.isInstance(error) && error.problems).toEqual([
        expect.stringMatching(/^"pose" is no global label; those are "expression", /),
        expect.stringMatching(/^"eye" is no global label/),
        expect.stringMatching(/^"hair" is no local label/),
      ]);
    }
  });

  it('accepts exactly the legal states', () => {
    const { labels, levels } = faceForensics;
    const { states, size, count } = computeLegalStates(faceForensics);
    const legal = new Set(
      Array.from({ length: count }, (_, row) => states.subarray(row * size, (row + 1) * size).join('')),
    );
    fc.assert(
      fc.property(fc.subarray([...labels.slice(1)]), (chosen) => {
        const global = levels.global.labels.filter((label) => chosen.includes(label));
        const local = levels.local.labels.filter((label) => chosen.includes(label));
        const bits = labels.map((label, index) => (index === 0 || chosen.includes(label) ? 1 : 0)).join('');
        if (legal.has(bits)) expect(encode({ global, local })).toBe(bits);
        else expect(() => encode({ global, local })).toThrow(IllegalLabelError);
      }),
      { numRuns: 500 },
    );
  });
});

describe('decodeTargets', () => {
  it.each([faceForensics, ffsc])('inverts encodeTargets for every legal state', (graph) => {
    const { states, size, count } = computeLegalStates(graph);
    for (let row = 0; row < count; row++) {
      const state = states.subarray(row * size, (row + 1) * size);
      expect(encodeTargets(graph, decodeTargets(graph, state))).toEqual(state);
    }
  });
});

describe('assertLegalTargets', () => {
  it('accepts every legal state and says what is wrong with others', () => {
    const check = (targets: readonly number[]) => () => assertLegalTargets(faceForensics, targets, 'metadata.jsonl:3');
    expect(check([1, 0, 1, 0, 0, 0, 0, 0, 0, 1])).not.toThrow();
    expect(check([1, 0, 1])).toThrow(ShapeMismatchError);
    expect(check([1, 0, 1])).toThrow(/^metadata.jsonl:3: expected 10 targets.*got 3/);
    expect(check([0.5, 0, 0, 0, 0, 0, 0, 0, 0, 2])).toThrow(/"fake" is 0.5.*\n.*"skin" is 2/);
    expect(check([0, 0, 1, 0, 0, 0, 0, 0, 0, 1])).toThrow('"identity" needs its parent "fake" (edge fake -> identity)');
    expect(check([1, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toThrow(IllegalLabelError);
  });
});

describe('faceForensicsAnnotations', () => {
  // The table of the method, row by row: training, then graph.
  it.each([
    ['real', '0000000000', '0000000000'],
    ['Deepfakes', '1011111111', '1010111111'],
    ['FaceSwap', '1011111111', '1010111111'],
    ['Face2Face', '1101001100', '1100001100'],
    ['NeuralTextures', '1101001100', '1100001100'],
    ['expansion:eyes', '1001100000', '1001100000'],
    ['expansion:mouth', '1001001100', '1001001100'],
    ['expansion:nose', '1001000010', '1001000010'],
    ['expansion:blend-only', '0000000000', '0000000000'],
    // Not in the table.
    ['expansion:eyebrow', '1010010000', '1010010000'],
    ['expansion:skin', '1010000001', '1010000001'],
    ['expansion:face', '1011111111', '1010111111'],
    ['expansion:expression', '1101001100', '1100001100'],
    ['expansion:self-blend', '1000000000', '1000000000'],
  ] as const)('labels %s', (manipulation, training, graph) => {
    expect(encode(faceForensicsAnnotations.training[manipulation])).toBe(training);
    expect(encode(faceForensicsAnnotations.graph[manipulation])).toBe(graph);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryDefinition } from '../../test/arbitrary-definition.js';
import {
  computeLegalStates,
  computeMarginals,
  computeStateProbabilities,
  faceForensics,
  findMostLikelyState,
  InvalidOptionError,
  parseLabelGraph,
  ShapeMismatchError,
} from '../index.js';

const size = faceForensics.labels.length;
const logit = fc.double({ min: -1e30, max: 1e30, noNaN: true });
const batchOf = (labels: number) =>
  fc
    .integer({ min: 1, max: 3 })
    .chain((rows) => fc.array(logit, { minLength: rows * labels, maxLength: rows * labels }));
const graphAndLogits = arbitraryDefinition.chain((definition) => {
  const graph = parseLabelGraph(definition);
  return fc.record({ graph: fc.constant(graph), logits: batchOf(graph.labels.length) });
});

describe('computeMarginals', () => {
  it('gives 250 of 251 for fake at zero logits', () => {
    expect(computeMarginals(faceForensics, new Float32Array(size))[0]).toBe(250 / 251);
  });

  it('gives probabilities, and none above that of fake, for any graph and logits', () => {
    fc.assert(
      fc.property(graphAndLogits, ({ graph, logits }) => {
        const marginals = computeMarginals(graph, logits);
        const labels = graph.labels.length;
        // No tolerance: rounded sums and quotients of positive numbers keep their order.
        marginals.forEach((probability, index) => {
          expect(probability).toBeGreaterThanOrEqual(0);
          expect(probability).toBeLessThanOrEqual(marginals[index - (index % labels)]!);
          expect(probability).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('is the sum of the probabilities of the states that have the label', () => {
    fc.assert(
      fc.property(graphAndLogits, ({ graph, logits }) => {
        const { count, states, size: labels } = computeLegalStates(graph);
        const probabilities = computeStateProbabilities(graph, logits);
        const sums = Array.from(logits, (_, index) => {
          const [row, label] = [Math.floor(index / labels), index % labels];
          let sum = 0;
          for (let state = 0; state < count; state++)
            if (states[state * labels + label] === 1) sum += probabilities[row * count + state]!;
          return sum;
        });
        // At most 1,024 quotients below 1, each rounded by half of 2^-53, summed with as many roundings: below 1e-12.
        computeMarginals(graph, logits).forEach((marginal, index) => {
          expect(Math.abs(marginal - sums[index]!)).toBeLessThan(1e-12);
        });
      }),
    );
  });

  it('treats each row by itself', () => {
    const rows = [0, 1, 2].map((row) => Array.from({ length: size }, (_, label) => Math.sin(row * 10 + label)));
    const single = rows.flatMap((row) => [...computeMarginals(faceForensics, row)]);
    expect([...computeMarginals(faceForensics, rows.flat())]).toEqual(single);
  });

  it('makes a row with a logit that is not finite NaN, wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat(size - 1), fc.constantFrom(Number.NaN, Infinity, -Infinity), (index, bad) => {
        const logits = new Array<number>(2 * size).fill(1);
        logits[index] = bad;
        const marginals = computeMarginals(faceForensics, logits);
        expect(marginals.subarray(0, size).every(Number.isNaN)).toBe(true);
        expect(marginals.subarray(size).every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('accepts no rows and refuses parts of rows', () => {
    expect(computeMarginals(faceForensics, [])).toHaveLength(0);
    expect(() => computeMarginals(faceForensics, [1, 2])).toThrow(ShapeMismatchError);
    expect(() => computeStateProbabilities(faceForensics, [1, 2])).toThrow(/\[batch, 10\], got 2 numbers/);
  });
});

describe('computeStateProbabilities', () => {
  it('gives rows that sum to 1', () => {
    fc.assert(
      fc.property(graphAndLogits, ({ graph, logits }) => {
        const { count } = computeLegalStates(graph);
        const probabilities = computeStateProbabilities(graph, logits);
        for (let row = 0; row * count < probabilities.length; row++) {
          const sum = probabilities.subarray(row * count, (row + 1) * count).reduce((total, value) => total + value, 0);
          expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
        }
      }),
    );
  });
});

describe('findMostLikelyState', () => {
  it('names the labels of the most probable state', () => {
    const logits = [3, -4, 5, -4, 2, -1, -1, -1, -1, -1];
    const { state, labels, probability } = findMostLikelyState(faceForensics, logits);
    expect(labels).toEqual(['fake', 'identity', 'eye']);
    expect(state).toEqual([1, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    expect(probability).toBe(Math.max(...computeStateProbabilities(faceForensics, logits)));
  });

  it('takes real where all states are equally probable', () => {
    expect(findMostLikelyState(faceForensics, new Float64Array(size))).toEqual({
      state: new Array(size).fill(0),
      labels: [],
      probability: 1 / 251,
    });
  });

  it('refuses more than a row and numbers that are not finite', () => {
    expect(() => findMostLikelyState(faceForensics, new Float32Array(2 * size))).toThrow(ShapeMismatchError);
    const logits = new Float32Array(size);
    logits[2] = Number.NaN;
    expect(() => findMostLikelyState(faceForensics, logits)).toThrow(InvalidOptionError);
    expect(() => findMostLikelyState(faceForensics, logits)).toThrow(/got NaN for identity/);
  });
});

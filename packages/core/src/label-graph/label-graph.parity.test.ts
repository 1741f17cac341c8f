import { compareNumbers, describeOracle, type OracleGroup } from '@sofd-internal/oracle';
import { describe, expect, it } from 'vitest';
import {
  computeLegalStates,
  computeMarginals,
  computeStateProbabilities,
  encodeTargets,
  faceForensics,
  faceForensicsAnnotations,
} from '../index.js';

/** graph.json names its maps with a remark behind: `label_map_train(...)`. */
interface GraphFile {
  readonly num_states: number;
  readonly node_order: readonly string[];
  readonly states_as_strings: readonly string[];
  readonly [map: `label_map_${string}`]: Record<string, { target: readonly number[]; state_index: number | null }>;
}

/** What the published maps label; our own kinds of expansion have other vectors. */
const published = [
  'real',
  'Deepfakes',
  'FaceSwap',
  'Face2Face',
  'NeuralTextures',
  'expansion:eyes',
  'expansion:mouth',
  'expansion:nose',
] as const;

const readMap = (group: OracleGroup, prefix: 'label_map_graph' | 'label_map_train') => {
  const file = group.json<GraphFile>('graph.json');
  const key = Object.keys(file).find((name) => name.startsWith(prefix)) as typeof prefix;
  return Object.values(file[key]!);
};

const logitsOf = (group: OracleGroup, name: string): Float32Array => {
  const { data, shape } = group.array(name);
  expect(data).toBeInstanceOf(Float32Array);
  expect(shape[1]).toBe(faceForensics.labels.length);
  return data as Float32Array;
};

describeOracle('label_graph', (group) => {
  it('has the node order and the legal states in their order', () => {
    const file = group.json<GraphFile>('graph.json');
    const { count, size, states } = computeLegalStates(faceForensics);
    const expected = group.array('states');
    expect(faceForensics.labels).toEqual(file.node_order);
    expect([count, size]).toEqual(expected.shape);
    expect(count).toBe(file.num_states);
    expect(states).toEqual(expected.data);
    const rows = Array.from({ length: count }, (_, row) => states.subarray(row * size, (row + 1) * size).join(''));
    expect(rows).toEqual(file.states_as_strings);
  });

  describe.each(['graph', 'train'] as const)('label map %s', (map) => {
    const annotations = faceForensicsAnnotations[map === 'train' ? 'training' : 'graph'];
    const encoded = published.map((name) => [...encodeTargets(faceForensics, annotations[name])]);
    const entries = readMap(group, `label_map_${map}`);

    it('has exactly the published target vectors', () => {
      const unique = (vectors: readonly (readonly number[])[]) => [...new Set(vectors.map(String))].sort();
      expect(unique(encoded)).toEqual(unique(entries.map((entry) => entry.target)));
    });

    it('has targets at the published state indices', () => {
      const { states, size } = computeLegalStates(faceForensics);
      for (const { target, state_index: index } of entries) {
        expect(index).not.toBeNull();
        expect([...states.subarray(index! * size, (index! + 1) * size)]).toEqual(target);
      }
    });
  });

  it.each(group.arrayNames(/^marginals_/))('computes %s', (name) => {
    const [, precision, scale] = /^marginals_(f\d+)_(.+)$/.exec(name)!;
    const marginals = computeMarginals(faceForensics, logitsOf(group, `logits_${scale}`));
    const { data, shape } = group.array(name);
    expect(marginals.length).toBe(shape[0]! * shape[1]!);
    // The f32 fixtures are the float64 values rounded once.
    const actual = precision === 'f32' ? Float32Array.from(marginals) : marginals;
    expect(compareNumbers(actual, data, group.tolerance(name))).toMatchObject({ outside: 0 });
  });

  it.each(group.arrayNames(/^state_prob_/))('computes %s', (name) => {
    const logits = logitsOf(group, name.replace('state_prob', 'logits'));
    const probabilities = computeStateProbabilities(faceForensics, logits);
    expect(compareNumbers(probabilities, group.array(name).data, group.tolerance(name))).toMatchObject({ outside: 0 });
  });

  it('makes a row with a logit that is not finite NaN, and no other', () => {
    const file = group.json<{ logits: number[][]; marginals: number[][] }>('nonfinite.json');
    const marginals = computeMarginals(faceForensics, file.logits.flat());
    // Written with seven decimals after a rounding to float32, as the f32 arrays are.
    const tolerance = { absolute: 1e-6, relative: 0 };
    expect(compareNumbers(marginals, file.marginals.flat(), tolerance)).toMatchObject({ outside: 0 });
  });
});

import type { LabelGraph } from './label-graph.js';

/** Every combination of labels that the edges allow. */
export interface LegalStates {
  /** How many states there are. */
  readonly count: number;
  /** How many labels a state has. */
  readonly size: number;
  /** 0 or 1, row-major [count, size]; rows ascend as binary numbers whose first column counts most. */
  readonly states: Uint8Array;
}

const cache = new WeakMap<LabelGraph, LegalStates>();

interface Relation {
  /** The bit of a label. */
  readonly bit: number;
  /** The bits of labels of which one has to be set beside it. */
  readonly needs: readonly number[];
}

/** For each label but the primary one: what has to be set for it to be set. */
function createRelations(graph: LabelGraph): readonly Relation[] {
  const bits = new Map(graph.labels.map((label, index) => [label, 1 << (graph.labels.length - 1 - index)]));
  const mask = (labels: readonly string[]) => labels.reduce((sum, label) => sum | bits.get(label)!, 0);
  const parents = (label: string) => graph.edges.filter((edge) => edge[1] === label).map((edge) => edge[0]);
  const children = (label: string) => graph.edges.filter((edge) => edge[0] === label).map((edge) => edge[1]);
  const globals = graph.levels.global.labels.map((label) => ({
    bit: bits.get(label)!,
    needs: [mask(parents(label)), mask(children(label))],
  }));
  const locals = graph.levels.local.labels.map((label) => ({ bit: bits.get(label)!, needs: [mask(parents(label))] }));
  return [...globals, ...locals];
}

const isLegal = (code: number, relations: readonly Relation[]): boolean =>
  relations.every(({ bit, needs }) => (code & bit) === 0 || needs.every((mask) => (code & mask) !== 0));

/**
 * All legal states of a graph: y in \{0,1\}^labels where each global label that is set has the primary label and one of
 * its local labels set, and each local label that is set has one of its global labels set.
 *
 * The first state is all zero (a real face), the second the primary label alone. Computed once a graph.
 *
 * @param graph - at most 20 labels
 * @returns the states; do not change the array, it is shared
 * @example
 * ```ts
 * computeLegalStates(faceForensics).count; // 251
 * ```
 */
export function computeLegalStates(graph: LabelGraph): LegalStates {
  const known = cache.get(graph);
  if (known !== undefined) return known;
  const size = graph.labels.length;
  const relations = createRelations(graph);
  const codes: number[] = [];
  for (let code = 0; code < 2 ** size; code++) if (isLegal(code, relations)) codes.push(code);
  const states = new Uint8Array(codes.length * size); // [states, labels]
  codes.forEach((code, row) => {
    for (let column = 0; column < size; column++) states[row * size + column] = (code >> (size - 1 - column)) & 1;
  });
  const result = Object.freeze({ count: codes.length, size, states });
  cache.set(graph, result);
  return result;
}

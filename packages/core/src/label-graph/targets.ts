import { describeValue } from '../describe-value.js';
import { IllegalLabelError, ShapeMismatchError } from '../errors/index.js';
import { formatProblems } from '../options/index.js';
import type { GlobalLabelOf, LabelGraph, LocalLabelOf } from './label-graph.js';

/**
 * What was altered in a face; null for a real one.
 *
 * Both lists empty says: fake, and nothing known beyond that.
 */
export type AlteredAttributes<Graph extends LabelGraph = LabelGraph> = null | {
  readonly global: readonly GlobalLabelOf<Graph>[];
  readonly local: readonly LocalLabelOf<Graph>[];
};

const quote = (labels: readonly string[]): string => labels.map((label) => `"${label}"`).join(', ');

/** Which edges a set of labels breaks, a sentence each. */
function findBrokenEdges(graph: LabelGraph, isSet: (label: string) => boolean): string[] {
  const [primary] = graph.levels.primary.labels;
  const problems: string[] = [];
  for (const label of graph.levels.global.labels.filter(isSet)) {
    if (!isSet(primary!)) problems.push(`"${label}" needs its parent "${primary}" (edge ${primary} -> ${label})`);
    const children = graph.edges.filter((edge) => edge[0] === label).map((edge) => edge[1]);
    if (!children.some(isSet))
      problems.push(`"${label}" needs at least one of its children ${quote(children)} (edges ${label} -> child)`);
  }
  for (const label of graph.levels.local.labels.filter(isSet)) {
    const parents = graph.edges.filter((edge) => edge[1] === label).map((edge) => edge[0]);
    if (!parents.some(isSet))
      problems.push(`"${label}" needs at least one of its parents ${quote(parents)} (edges parent -> ${label})`);
  }
  return problems;
}

function throwIllegal(where: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const text = formatProblems(`${where}: expected labels that the graph allows`, problems);
  throw new IllegalLabelError(`${text} Correct the labels or the graph's edges.`, { problems });
}

function findUnknown(names: readonly unknown[], level: 'global' | 'local', graph: LabelGraph): string[] {
  const known: readonly string[] = graph.levels[level].labels;
  return names
    .filter((name) => typeof name !== 'string' || !known.includes(name))
    .map((name) => `${describeValue(name)} is no ${level} label; those are ${quote(known)}`);
}

/**
 * The target vector of an image: 1 for each label that holds.
 *
 * @param graph - the label graph
 * @param altered - the global and local labels that were altered; null for a real face
 * @returns [labels], 0 or 1, a legal state
 * @throws IllegalLabelError naming every unknown label and every edge that is broken
 * @example
 * ```ts
 * const targets = encodeTargets(faceForensics, { global: ['expression'], local: ['lip', 'mouth'] });
 * [...targets]; // [1, 1, 0, 0, 0, 0, 1, 1, 0, 0]
 * encodeTargets(faceForensics, null).includes(1); // false
 * ```
 */
export function encodeTargets<Graph extends LabelGraph>(
  graph: Graph,
  altered: AlteredAttributes<NoInfer<Graph>>,
): Uint8Array {
  const targets = new Uint8Array(graph.labels.length); // [labels]
  if (altered === null) return targets;
  const where = 'encodeTargets';
  throwIllegal(where, [...findUnknown(altered.global, 'global', graph), ...findUnknown(altered.local, 'local', graph)]);
  const set = new Set<string>([...graph.levels.primary.labels, ...altered.global, ...altered.local]);
  throwIllegal(
    where,
    findBrokenEdges(graph, (label) => set.has(label)),
  );
  graph.labels.forEach((label, index) => {
    targets[index] = set.has(label) ? 1 : 0;
  });
  return targets;
}

/**
 * Checks that a target vector, from a file for example, is a legal state.
 *
 * @param graph - the label graph
 * @param targets - [labels], 0 or 1
 * @param where - what is checked, for the message
 * @throws ShapeMismatchError if it has another length than the graph has labels
 * @throws IllegalLabelError naming every value that is not 0 or 1 and every edge that is broken
 * @example
 * ```ts
 * assertLegalTargets(faceForensics, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'row 1'); // fake and nothing else: legal
 * ```
 */
export function assertLegalTargets(graph: LabelGraph, targets: ArrayLike<number>, where: string): void {
  const { labels } = graph;
  if (targets.length !== labels.length)
    throw new ShapeMismatchError(
      `${where}: expected ${labels.length} targets, one for each of ${quote(labels)}, got ${targets.length}; ` +
        'relabel with the graph that is used.',
    );
  throwIllegal(
    where,
    labels.flatMap((label, index) =>
      targets[index] === 0 || targets[index] === 1 ? [] : [`"${label}" is ${targets[index]}; a target is 0 or 1`],
    ),
  );
  const set = new Set(labels.filter((_, index) => targets[index] === 1));
  throwIllegal(
    where,
    findBrokenEdges(graph, (label) => set.has(label)),
  );
}

/**
 * What a target vector says, by name; the inverse of {@link encodeTargets}.
 *
 * @param graph - the label graph
 * @param targets - [labels], a legal state
 * @returns the altered labels in the graph's order; null for a real face
 * @throws ShapeMismatchError, IllegalLabelError as {@link assertLegalTargets}
 * @example
 * ```ts
 * decodeTargets(faceForensics, [1, 0, 0, 1, 1, 0, 0, 0, 0, 0]); // { global: ['physical inconsistency'], local: ['eye'] }
 * ```
 */
export function decodeTargets<Graph extends LabelGraph>(
  graph: Graph,
  targets: ArrayLike<number>,
): AlteredAttributes<Graph> {
  assertLegalTargets(graph, targets, 'decodeTargets');
  const { primary, global, local } = graph.levels;
  if (targets[primary.start] === 0) return null;
  return {
    global: global.labels.filter((_, index) => targets[global.start + index] === 1),
    local: local.labels.filter((_, index) => targets[local.start + index] === 1),
  };
}

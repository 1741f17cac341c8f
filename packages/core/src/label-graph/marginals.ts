import { describeValue } from '../describe-value.js';
import { InvalidOptionError, ShapeMismatchError } from '../errors/index.js';
import type { LabelGraph, LabelOf } from './label-graph.js';
import { computeLegalStates, type LegalStates } from './legal-states.js';

/** Numbers in a row: what a model returns or a caller writes down. */
export type NumberList = Float32Array | Float64Array | readonly number[];

function countRows(graph: LabelGraph, logits: NumberList, where: string): number {
  const size = graph.labels.length;
  if (logits.length % size !== 0)
    throw new ShapeMismatchError(
      `${where}: expected logits of shape [batch, ${size}], got ${logits.length} numbers; pass ${size} for each image.`,
    );
  return logits.length / size;
}

/** exp(potential - largest potential) for each state, and their sum. NaN everywhere if a logit is not finite. */
function computeWeights(legal: LegalStates, logits: NumberList, row: number, weights: Float64Array): number {
  const { count, size, states } = legal;
  let largest = Number.NEGATIVE_INFINITY;
  for (let state = 0; state < count; state++) {
    let potential = 0;
    // A product and not a choice: 0 · Infinity is NaN, so that one bad logit spoils its whole row visibly.
    for (let label = 0; label < size; label++) potential += states[state * size + label]! * logits[row * size + label]!;
    weights[state] = potential;
    if (potential > largest || Number.isNaN(potential)) largest = potential;
  }
  let sum = 0;
  for (let state = 0; state < count; state++) {
    weights[state] = Math.exp(weights[state]! - largest);
    sum += weights[state]!;
  }
  return sum;
}

/**
 * The probability of each label: its share in the softmax over the legal states,
 * `p(label k) = sum of exp(y · f) over legal y with y_k = 1, divided by the sum over all legal y`.
 *
 * Computed in float64 with the largest exponent subtracted. A row with a logit that is not finite becomes NaN;
 * other rows do not notice.
 *
 * @param graph - the label graph
 * @param logits - [batch, labels], row-major; of a size below 1e306, so that their sums stay finite
 * @returns [batch, labels], each in [0, 1]; no label is more probable than the primary one
 * @throws ShapeMismatchError if the length is not a multiple of the number of labels
 * @example
 * ```ts
 * const marginals = computeMarginals(faceForensics, new Float32Array(10));
 * marginals[0]; // 250 / 251: all states but one are fake, so 0.5 is not a neutral threshold
 * ```
 * @see arXiv 2408.16305, equation of the joint probability
 */
export function computeMarginals(graph: LabelGraph, logits: NumberList): Float64Array {
  const batch = countRows(graph, logits, 'computeMarginals');
  const legal = computeLegalStates(graph);
  const { count, size, states } = legal;
  const weights = new Float64Array(count); // [states]
  const marginals = new Float64Array(batch * size); // [batch, labels]
  for (let row = 0; row < batch; row++) {
    const sum = computeWeights(legal, logits, row, weights);
    for (let state = 0; state < count; state++)
      for (let label = 0; label < size; label++)
        if (states[state * size + label] === 1) marginals[row * size + label]! += weights[state]!;
    for (let label = 0; label < size; label++) marginals[row * size + label]! /= sum;
  }
  return marginals;
}

/**
 * The probability of each legal state: a softmax over `y · f`.
 *
 * @param graph - the label graph
 * @param logits - [batch, labels], row-major
 * @returns [batch, states], in the order of {@link computeLegalStates}; each row sums to 1
 * @throws ShapeMismatchError if the length is not a multiple of the number of labels
 * @example
 * ```ts
 * computeStateProbabilities(faceForensics, new Float32Array(10))[0]; // 1 / 251
 * ```
 */
export function computeStateProbabilities(graph: LabelGraph, logits: NumberList): Float64Array {
  const batch = countRows(graph, logits, 'computeStateProbabilities');
  const legal = computeLegalStates(graph);
  const probabilities = new Float64Array(batch * legal.count); // [batch, states]
  for (let row = 0; row < batch; row++) {
    const weights = probabilities.subarray(row * legal.count, (row + 1) * legal.count);
    const sum = computeWeights(legal, logits, row, weights);
    for (let state = 0; state < legal.count; state++) weights[state]! /= sum;
  }
  return probabilities;
}

/** A legal state and how probable it is. */
export interface LikelyState<Label extends string = string> {
  /** 0 or 1 a label. */
  readonly state: readonly number[];
  /** The names of the labels that are 1; empty for a real face. */
  readonly labels: Label[];
  /** In [0, 1], among all legal states. */
  readonly probability: number;
}

/**
 * The most probable combination of labels for one image.
 *
 * @param graph - the label graph
 * @param logits - [labels], one row
 * @returns the state; of equally probable ones the first in the order of {@link computeLegalStates}
 * @throws ShapeMismatchError if it is not one row
 * @throws InvalidOptionError if a logit is not finite
 * @example
 * ```ts
 * findMostLikelyState(faceForensics, [5, -9, 3, -9, 2, -9, -9, -9, -9, -9]).labels; // ['fake', 'identity', 'eye']
 * ```
 */
export function findMostLikelyState<Graph extends LabelGraph>(
  graph: Graph,
  logits: NumberList,
): LikelyState<LabelOf<Graph>> {
  const size = graph.labels.length;
  if (logits.length !== size)
    throw new ShapeMismatchError(
      `findMostLikelyState: expected one row of ${size} logits, got ${logits.length} numbers; pass one image at a time.`,
    );
  const wrong = Array.from(logits).findIndex((logit) => !Number.isFinite(logit));
  if (wrong >= 0)
    throw new InvalidOptionError(
      `findMostLikelyState: expected finite logits, got ${describeValue(logits[wrong])} for ${graph.labels[wrong]}; ` +
        'check the image and the weights that gave it.',
    );
  const probabilities = computeStateProbabilities(graph, logits);
  let best = 0;
  probabilities.forEach((probability, index) => {
    if (probability > probabilities[best]!) best = index;
  });
  const state = Array.from(computeLegalStates(graph).states.subarray(best * size, (best + 1) * size));
  const labels: LabelOf<Graph>[] = graph.labels.filter((_, index) => state[index] === 1);
  return { state, labels, probability: probabilities[best]! };
}

import { computeLegalStates, computeMarginals, computeStateProbabilities, type LabelGraph } from '@sofd/core';
import { fidelityEpsilon } from './fidelity-loss.js';
import { taskColumns } from './tasks.js';

type Numbers = ArrayLike<number>;

const elementLoss = (p: number, g: number): number =>
  1 - Math.sqrt(p * g + fidelityEpsilon) - Math.sqrt((1 - p) * (1 - g) + fidelityEpsilon);

/** The derivative of one element's loss with respect to p. */
const elementSlope = (p: number, g: number): number =>
  (1 - g) / (2 * Math.sqrt((1 - p) * (1 - g) + fidelityEpsilon)) - g / (2 * Math.sqrt(p * g + fidelityEpsilon));

/**
 * The fidelity loss in float64, without tensors.
 *
 * @param marginals - p, 0 to 1
 * @param targets - g, 0 to 1, as many
 * @returns the mean over all elements
 * @see {@link fidelityLoss} for the formula
 */
export function fidelityLossValue(marginals: Numbers, targets: Numbers): number {
  let sum = 0;
  for (let i = 0; i < marginals.length; i++) sum += elementLoss(marginals[i]!, targets[i]!);
  return sum / marginals.length;
}

/** Calls back for every element of a batch with its task and its share of that task's mean. */
function forEachElement(
  graph: LabelGraph,
  count: number,
  visit: (index: number, task: number, share: number) => void,
): void {
  const labels = graph.labels.length;
  const batch = count / labels;
  for (const [task, { start, end }] of taskColumns(graph).entries()) {
    const share = 1 / (batch * (end - start));
    for (let row = 0; row < batch; row++) {
      for (let label = start; label < end; label++) visit(row * labels + label, task, share);
    }
  }
}

/**
 * The fidelity loss of every task in float64, without tensors.
 *
 * @param graph - the label graph
 * @param marginals - [batch, labels], row-major
 * @param targets - [batch, labels], row-major
 * @returns [tasks] in the order of `taskNames`
 */
export function computeTaskLossValues(graph: LabelGraph, marginals: Numbers, targets: Numbers): Float64Array {
  const losses = new Float64Array(taskColumns(graph).length);
  forEachElement(graph, marginals.length, (index, task, share) => {
    losses[task]! += elementLoss(marginals[index]!, targets[index]!) * share;
  });
  return losses;
}

/**
 * The gradients of the task losses with respect to the marginals, in float64.
 *
 * @param graph - the label graph
 * @param marginals - [batch, labels], row-major
 * @param targets - [batch, labels], row-major
 * @returns one gradient a task, [batch, labels] each
 */
export function computeMarginalGradients(graph: LabelGraph, marginals: Numbers, targets: Numbers): Float64Array[] {
  const gradients = taskColumns(graph).map(() => new Float64Array(marginals.length));
  forEachElement(graph, marginals.length, (index, task, share) => {
    gradients[task]![index] = elementSlope(marginals[index]!, targets[index]!) * share;
  });
  return gradients;
}

/**
 * The gradients of the task losses with respect to the logits, in float64.
 *
 * ∂p_k/∂f_j is the covariance of y_k and y_j over the legal states, so with u(y) = Σ_k y_k ∂L/∂p_k the gradient is
 * ∂L/∂f_j = Σ_y p(y) (u(y) - ū) y_j.
 *
 * @param graph - the label graph
 * @param logits - [batch, labels], row-major
 * @param targets - [batch, labels], row-major
 * @returns one gradient a task, [batch, labels] each
 */
export function computeLogitGradients(
  graph: LabelGraph,
  logits: Float32Array | Float64Array,
  targets: Numbers,
): Float64Array[] {
  const { states, count, size } = computeLegalStates(graph);
  const probabilities = computeStateProbabilities(graph, logits); // [batch, states]
  const slopes = computeMarginalGradients(graph, computeMarginals(graph, logits), targets);
  return slopes.map((slope) => {
    const gradient = new Float64Array(logits.length);
    const gains = new Float64Array(count);
    for (let row = 0; row < logits.length / size; row++) {
      let average = 0;
      for (let state = 0; state < count; state++) {
        let gain = 0;
        for (let label = 0; label < size; label++) gain += states[state * size + label]! * slope[row * size + label]!;
        gains[state] = gain;
        average += probabilities[row * count + state]! * gain;
      }
      for (let state = 0; state < count; state++) {
        const pull = probabilities[row * count + state]! * (gains[state]! - average);
        for (let label = 0; label < size; label++)
          gradient[row * size + label]! += pull * states[state * size + label]!;
      }
    }
    return gradient;
  });
}

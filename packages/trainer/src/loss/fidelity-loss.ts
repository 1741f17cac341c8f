import { computeLegalStates, type LabelGraph } from '@sofd/core';
import type { MarginalPair } from '@sofd/model';
import { fidelityElements, matMul, mean, reshape, sub, type Tensor, tensorFrom, tidy } from '@sofd/tensor';
import { taskColumns } from './tasks.js';

/** Keeps the slope of the square root finite at zero. */
export const fidelityEpsilon = 1e-8;

/** Where the marginals' complements are known more precisely than float32 can subtract. */
export interface FidelityOptions {
  /** 1 - p, as `computeMarginalPairOnDevice` gives it; subtracted where not given. */
  readonly complements?: Tensor;
}

/**
 * A loss a task of a model's predictions: {@link computeTaskLosses} is the published one. A sum that is averaged over the
 * rows can be accumulated over parts of a batch.
 *
 * @param graph - the label graph, whose levels are the tasks
 * @param predicted - marginals p and 1 - p, and the logits that they come from; [batch, labels] each
 * @param targets - [batch, labels], 0 to 1
 * @returns [tasks] in the order of `taskNames`, differentiable in `predicted`
 */
export type TaskLosses = (
  graph: LabelGraph,
  predicted: MarginalPair & { readonly logits: Tensor },
  targets: Tensor,
) => Tensor;

/** 1 - √(pg + ε) - √((1 - p)(1 - g) + ε) for every element. */
const elements = (marginals: Tensor, targets: Tensor, { complements = sub(1, marginals) }: FidelityOptions): Tensor =>
  fidelityElements(marginals, complements, { targets, epsilon: fidelityEpsilon });

/**
 * The fidelity loss: mean of 1 - √(pg + ε) - √((1 - p)(1 - g) + ε), with ε = 1e-8.
 *
 * It is one minus the fidelity of two Bernoulli distributions, so unlike cross-entropy it is bounded; a perfect
 * prediction gives about -1e-4.
 *
 * @param marginals - p, [batch, labels], 0 to 1, float32
 * @param targets - g, [batch, labels], 0 to 1
 * @param options - `complements`, 1 - p
 * @returns a scalar, differentiable in `marginals` (and `complements`)
 * @see method.md section 4; Tsai et al. 2007
 */
export function fidelityLoss(marginals: Tensor, targets: Tensor, options: FidelityOptions = {}): Tensor {
  return tidy(() => mean(elements(marginals, targets, options)));
}

/** [labels, tasks] with one over the number of the task's labels: a product takes the mean of every level. */
function averagingMatrix(graph: LabelGraph): Tensor {
  const { size } = computeLegalStates(graph);
  const columns = taskColumns(graph);
  const matrix = new Float32Array(size * columns.length);
  for (const [task, { start, end }] of columns.entries()) {
    for (let label = start; label < end; label++) matrix[label * columns.length + task] = 1 / (end - start);
  }
  return tensorFrom(matrix, [size, columns.length]);
}

/**
 * The fidelity loss of every task: the mean over the labels of a level and over the batch.
 *
 * @param graph - the label graph, whose levels are the tasks
 * @param predicted - marginals [batch, labels], 0 to 1, float32, alone or with their complements
 * @param targets - [batch, labels], 0 to 1
 * @returns [tasks] in the order of `taskNames`, differentiable in `predicted`
 * @see method.md section 4
 */
export function computeTaskLosses(graph: LabelGraph, predicted: Tensor | MarginalPair, targets: Tensor): Tensor {
  const { marginals, complements } = 'marginals' in predicted ? predicted : { marginals: predicted };
  const options = complements === undefined ? {} : { complements };
  return tidy(() => {
    const perLabel = mean(elements(marginals, targets, options), 0, true); // [1, labels]
    const perTask = matMul(perLabel, averagingMatrix(graph)); // [1, tasks]
    return reshape(perTask, [perTask.size]); // [tasks]
  });
}

import { checkScores } from './check-scores.js';

/**
 * Area under the ROC curve: the chance that a random positive scores above a random negative, a tie counting half.
 *
 * $$\mathrm{AUC} = \frac{1}{PN} \sum_{i: y_i=1} \sum_{j: y_j=0} \left( [s_i > s_j] + \tfrac{1}{2} [s_i = s_j] \right)$$
 *
 * Counted in whole and half numbers, so it is exact up to $PN = 2^{52}$ before the one division; O(n log n).
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param scores - [rows], any finite numbers; only their order matters.
 * @returns A number in [0, 1]; 0.5 is chance.
 * @throws EvaluationError if only one class is present (never NaN), or the set is malformed.
 * @example
 * ```ts
 * computeAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 * ```
 * @see scikit-learn's `roc_auc_score`, to which it is equal.
 */
export function computeAuc(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { positives, negatives } = checkScores(labels, scores, { where: 'computeAuc', bothClasses: true });
  const negativeScores = new Float64Array(negatives);
  for (let row = 0, next = 0; row < labels.length; row++) {
    if (labels[row] === 0) negativeScores[next++] = scores[row]!;
  }
  negativeScores.sort();
  let halves = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== 1) continue;
    const score = scores[row]!;
    halves +=
      countWhile(negativeScores, (other) => other < score) + countWhile(negativeScores, (other) => other <= score);
  }
  return halves / (2 * positives * negatives);
}

/** Number of leading elements of a sorted array for which a predicate that flips once holds. */
function countWhile(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { checkScores } from './check-scores.js';

/**
 * Brier score, the mean squared error of the probabilities: $\frac{1}{n} \sum_i (p_i - y_i)^2$.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param probabilities - [rows], in [0, 1].
 * @returns A number in [0, 1]; lower is better, 0.25 is what a constant 0.5 reaches.
 * @throws EvaluationError if the set is malformed or a value is no probability.
 * @example
 * ```ts
 * brierScore([0, 1], [0.3, 0.7]); // 0.09
 * ```
 * @see scikit-learn's `brier_score_loss`.
 */
export function brierScore(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  checkScores(labels, probabilities, { where: 'brierScore', probabilities: true });
  let sum = 0;
  for (let row = 0; row < labels.length; row++) sum += (probabilities[row]! - labels[row]!) ** 2;
  return sum / labels.length;
}

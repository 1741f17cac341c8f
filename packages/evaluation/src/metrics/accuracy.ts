import { checkScores } from './check-scores.js';

/**
 * Share of rows whose verdict `score >= threshold` equals the label.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param scores - [rows], finite.
 * @param threshold - In the unit of the scores.
 * @returns A rate in [0, 1].
 * @throws EvaluationError if the set is malformed.
 * @example
 * ```ts
 * accuracyAt([0, 1, 1], [0.2, 0.5, 0.4], 0.5); // 0.6666…
 * ```
 */
export function accuracyAt(labels: ArrayLike<number>, scores: ArrayLike<number>, threshold: number): number {
  checkScores(labels, scores, { where: 'accuracyAt' });
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    if ((scores[row]! >= threshold ? 1 : 0) === labels[row]) right++;
  }
  return right / labels.length;
}

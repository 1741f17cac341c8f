import { checkScores } from './check-scores.js';
import { sweepThresholds } from './roc.js';

/**
 * Average precision, the step-wise area under the precision-recall curve (no interpolation):
 *
 * $$\mathrm{AP} = \sum_k (R_k - R_{k-1}) P_k$$ over the distinct thresholds, descending.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param scores - [rows], finite.
 * @returns A number in (0, 1]; the share of positives is what a constant score reaches.
 * @throws EvaluationError if no positive is present, or the set is malformed.
 * @example
 * ```ts
 * averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333…
 * ```
 * @see scikit-learn's `average_precision_score`, to which it is equal.
 */
export function averagePrecision(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { positives } = checkScores(labels, scores, { where: 'averagePrecision', positives: true });
  let area = 0;
  let recallBefore = 0;
  for (const { truePositives, falsePositives } of sweepThresholds(labels, scores)) {
    const recall = truePositives / positives;
    area += (recall - recallBefore) * (truePositives / (truePositives + falsePositives));
    recallBefore = recall;
  }
  return area;
}

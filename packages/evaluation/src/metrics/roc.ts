import { checkScores } from './check-scores.js';

/** Operating points of a detector, from the strictest threshold to the loosest; all arrays have the same length. */
export interface RocCurve {
  /** Share of negatives called positive, ascending from 0 to 1. */
  readonly falsePositiveRates: readonly number[];
  /** Share of positives called positive, ascending from 0 to 1. */
  readonly truePositiveRates: readonly number[];
  /** `score >= threshold` gives the point; the first is `Infinity`, the others are the distinct scores, descending. */
  readonly thresholds: readonly number[];
}

/**
 * ROC curve with one point per distinct score: $\mathrm{FPR}(t) = \Pr(s \ge t \mid y=0)$, $\mathrm{TPR}(t) = \Pr(s \ge t \mid y=1)$.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param scores - [rows], finite.
 * @returns Points from (0, 0) to (1, 1), collinear points kept.
 * @throws EvaluationError if only one class is present, or the set is malformed.
 * @example
 * ```ts
 * computeRoc([0, 1], [0.2, 0.9]).truePositiveRates; // [0, 1, 1]
 * ```
 * @see scikit-learn's `roc_curve(drop_intermediate=False)`.
 */
export function computeRoc(labels: ArrayLike<number>, scores: ArrayLike<number>): RocCurve {
  const { positives, negatives } = checkScores(labels, scores, { where: 'computeRoc', bothClasses: true });
  const falsePositiveRates = [0];
  const truePositiveRates = [0];
  const thresholds = [Number.POSITIVE_INFINITY];
  for (const { threshold, truePositives, falsePositives } of sweepThresholds(labels, scores)) {
    falsePositiveRates.push(falsePositives / negatives);
    truePositiveRates.push(truePositives / positives);
    thresholds.push(threshold);
  }
  return { falsePositiveRates, truePositiveRates, thresholds };
}

/** Confusion counts when every row with `score >= threshold` is called positive. */
export interface ThresholdCounts {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Counts at every distinct score, descending; the shared walk of ROC, average precision and threshold choice. */
export function sweepThresholds(labels: ArrayLike<number>, scores: ArrayLike<number>): ThresholdCounts[] {
  const order = Uint32Array.from({ length: labels.length }, (_, row) => row);
  order.sort((a, b) => scores[b]! - scores[a]!);
  const points: ThresholdCounts[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const row = order[rank]!;
    if (labels[row] === 1) truePositives++;
    else falsePositives++;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[row]) continue;
    points.push({ threshold: scores[row]!, truePositives, falsePositives });
  }
  return points;
}

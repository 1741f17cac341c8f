import { EvaluationError } from '@sofd/core';
import { checkScores } from '../metrics/check-scores.js';
import { checkRate } from '../metrics/tpr-at-fpr.js';

/** What {@link chooseThreshold} needs. */
export interface ChooseThresholdOptions {
  /** [rows], 0 (real) or 1 (fake); rows that training did not see. */
  readonly labels: ArrayLike<number>;
  /** [rows], calibrated p(fake) in [0, 1]. */
  readonly probabilities: ArrayLike<number>;
  /** Share of real faces that may be called fake, in [0, 1]. */
  readonly targetFpr: number;
}

/** A threshold with the rates it reached on the rows that chose it (optimistic for other rows). */
export interface ChosenThreshold {
  /** Call `p >= threshold` fake; in [0, 1]. */
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/**
 * Lowest threshold that keeps false alarms within a budget: $\min \{ t : \Pr(p \ge t \mid y=0) \le \alpha \}$,
 * placed half way between the highest real score that must stay out and the next score above it.
 *
 * @param options - Labels, probabilities and the budget.
 * @returns The threshold and its rates.
 * @throws EvaluationError if a class is missing, the set is malformed, or so many real rows score exactly 1 that no threshold meets the budget.
 * @example
 * ```ts
 * chooseThreshold({ labels: [0, 0, 1, 1], probabilities: [0.1, 0.4, 0.6, 0.9], targetFpr: 0 }).threshold; // 0.5
 * ```
 */
export function chooseThreshold({ labels, probabilities, targetFpr }: ChooseThresholdOptions): ChosenThreshold {
  const where = 'chooseThreshold';
  const { positives, negatives } = checkScores(labels, probabilities, {
    where,
    probabilities: true,
    bothClasses: true,
  });
  checkRate(targetFpr, where);
  const reals = Float64Array.from(Array.from(probabilities).filter((_, row) => labels[row] === 0)).sort();
  // The guard keeps a budget such as 0.07 of 100 rows at 7 where the product rounds to just below.
  const allowed = Math.floor(targetFpr * negatives + 1e-9);
  const threshold = allowed >= negatives ? 0 : placeAbove(reals[negatives - 1 - allowed]!, probabilities);
  let falsePositives = 0;
  let truePositives = 0;
  for (let row = 0; row < labels.length; row++) {
    if (probabilities[row]! < threshold) continue;
    if (labels[row] === 1) truePositives++;
    else falsePositives++;
  }
  return { threshold, falsePositiveRate: falsePositives / negatives, truePositiveRate: truePositives / positives };
}

function placeAbove(excluded: number, probabilities: ArrayLike<number>): number {
  if (excluded >= 1) {
    throw new EvaluationError(
      'chooseThreshold: expected real rows that score below 1, got too many at exactly 1 for the budget; calibrate the scores or allow more false alarms',
    );
  }
  let above = 1;
  for (let row = 0; row < probabilities.length; row++) {
    const p = probabilities[row]!;
    if (p > excluded && p < above) above = p;
  }
  const middle = excluded + (above - excluded) / 2;
  return middle > excluded ? middle : above;
}

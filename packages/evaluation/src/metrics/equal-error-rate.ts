import { computeRoc } from './roc.js';

/**
 * Equal error rate: where the share of missed fakes equals the share of false alarms on the ROC polyline.
 *
 * With $\mathrm{FNR} = 1 - \mathrm{TPR}$, the first ROC segment on which $\mathrm{FNR} - \mathrm{FPR}$ stops being positive is
 * interpolated linearly to the point where both are equal.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param scores - [rows], finite.
 * @returns A rate in [0, 1]; 0 separates perfectly, 0.5 is chance.
 * @throws EvaluationError if only one class is present, or the set is malformed.
 * @example
 * ```ts
 * equalErrorRate([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.5
 * ```
 */
export function equalErrorRate(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { falsePositiveRates, truePositiveRates } = computeRoc(labels, scores);
  for (let point = 1; point < falsePositiveRates.length; point++) {
    const after = gapAt(point);
    if (after > 0) continue;
    const before = gapAt(point - 1);
    const share = before / (before - after);
    const start = falsePositiveRates[point - 1]!;
    return start + share * (falsePositiveRates[point]! - start);
  }
  // Not reached: the curve ends at (1, 1), where the gap is -1.
  return 1;

  function gapAt(point: number): number {
    return 1 - truePositiveRates[point]! - falsePositiveRates[point]!;
  }
}

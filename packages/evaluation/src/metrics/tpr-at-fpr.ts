import { EvaluationError } from '@sofd/core';
import { computeRoc } from './roc.js';

/**
 * Highest share of fakes found by a threshold whose false alarms stay within a budget:
 * $\max \{ \mathrm{TPR}(t) : \mathrm{FPR}(t) \le \alpha \}$, over real thresholds, without interpolation.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param scores - [rows], finite.
 * @param targetFpr - The budget $\alpha$ in [0, 1], for instance 0.01.
 * @returns A rate in [0, 1].
 * @throws EvaluationError if only one class is present, the budget is out of range, or the set is malformed.
 * @example
 * ```ts
 * tprAtFpr([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.01); // 0.5
 * ```
 */
export function tprAtFpr(labels: ArrayLike<number>, scores: ArrayLike<number>, targetFpr: number): number {
  checkRate(targetFpr, 'tprAtFpr');
  const { falsePositiveRates, truePositiveRates } = computeRoc(labels, scores);
  let best = 0;
  for (let point = 0; point < falsePositiveRates.length; point++) {
    if (falsePositiveRates[point]! <= targetFpr) best = truePositiveRates[point]!;
  }
  return best;
}

/** Rejects anything but a share in [0, 1]. */
export function checkRate(rate: number, where: string): void {
  if (rate >= 0 && rate <= 1) return;
  throw new EvaluationError(`${where}: expected a rate in [0, 1], got ${rate}; write 1 % as 0.01`);
}

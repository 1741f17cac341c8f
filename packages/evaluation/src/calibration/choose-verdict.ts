import type { VerdictThresholds } from '@sofd/core';
import { type ChooseThresholdOptions, chooseThreshold } from './choose-threshold.js';

/** Budgets of {@link chooseVerdictThresholds}. */
export interface ChooseVerdictOptions extends ChooseThresholdOptions {
  /** Share of fakes that may be called real, in [0, 1]; by default equal to `targetFpr`. */
  readonly targetFnr?: number;
}

/** What {@link chooseVerdictThresholds} chose. */
export type ChosenVerdictThresholds = VerdictThresholds & { readonly uncertain?: [number, number] | undefined };

/**
 * Chooses verdict thresholds by two budgets: fake from the threshold that keeps false alarms within `targetFpr`, real below the
 * threshold that keeps missed fakes within `targetFnr`. Between them, if the classes overlap, the verdict is uncertain.
 *
 * @param options - Labels, probabilities and budgets.
 * @returns Thresholds; without `uncertain` if one threshold meets both budgets.
 * @throws EvaluationError as {@link chooseThreshold}.
 * @example
 * ```ts
 * chooseVerdictThresholds({ labels: [0, 0, 1, 1], probabilities: [0.1, 0.6, 0.4, 0.9], targetFpr: 0 });
 * // { fake: 0.75, uncertain: [0.25, 0.75] }
 * ```
 */
export function chooseVerdictThresholds({
  labels,
  probabilities,
  targetFpr,
  targetFnr = targetFpr,
}: ChooseVerdictOptions): ChosenVerdictThresholds {
  const fake = chooseThreshold({ labels, probabilities, targetFpr }).threshold;
  // Missed fakes are the false alarms of the mirrored question "is it real?".
  const mirrored = chooseThreshold({
    labels: Array.from(labels, (label) => 1 - label),
    probabilities: Array.from(probabilities, (p) => 1 - p),
    targetFpr: targetFnr,
  });
  const real = 1 - mirrored.threshold;
  return real < fake ? { fake, uncertain: [real, fake] } : { fake };
}

import { EvaluationError } from '@sofd/core';
import { type ChooseThresholdOptions, chooseThreshold } from './choose-threshold.js';

/** What a detector says about a face. */
export type Verdict = 'real' | 'fake' | 'uncertain';

/** Thresholds on calibrated p(fake), as a checkpoint manifest stores them. */
export interface VerdictThresholds {
  /** `p >= fake` is called fake, outside the uncertain band. */
  readonly fake: number;
  /** Between these, ends included, the evidence is too weak for a verdict; ascending; absent: always a verdict. */
  readonly uncertain?: [number, number] | undefined;
}

/** Budgets of {@link chooseVerdictThresholds}. */
export interface ChooseVerdictOptions extends ChooseThresholdOptions {
  /** Share of fakes that may be called real, in [0, 1]; by default equal to `targetFpr`. */
  readonly targetFnr?: number;
}

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
}: ChooseVerdictOptions): VerdictThresholds {
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

/**
 * The verdict on one calibrated probability.
 *
 * @param probability - Calibrated p(fake) in [0, 1].
 * @param thresholds - From {@link chooseVerdictThresholds} or a checkpoint manifest.
 * @throws EvaluationError if the value is no probability.
 * @example
 * ```ts
 * decideVerdict(0.5, { fake: 0.75, uncertain: [0.25, 0.75] }); // 'uncertain'
 * ```
 */
export function decideVerdict(probability: number, { fake, uncertain }: VerdictThresholds): Verdict {
  if (!(probability >= 0 && probability <= 1)) {
    throw new EvaluationError(
      `decideVerdict: expected a probability in [0, 1], got ${probability}; pass a calibrated marginal`,
    );
  }
  if (uncertain && probability >= uncertain[0] && probability <= uncertain[1]) return 'uncertain';
  return probability >= fake ? 'fake' : 'real';
}

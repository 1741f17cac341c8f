import { EvaluationError } from '@sofd/core';
import { checkScores } from './check-scores.js';

/** How confidence is read from p(fake). */
export interface CalibrationErrorOptions {
  /** Number of bins of equal width; 15 by default. */
  readonly bins?: number;
  /**
   * `positive` (default): confidence is p(fake), accuracy the share of fakes;
   * `top-label`: confidence is $\max(p, 1-p)$, accuracy that of the verdict $p \ge 0.5$.
   */
  readonly kind?: 'positive' | 'top-label';
}

/** One non-empty bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Bin number $k$: it holds confidences in $(k/B, (k+1)/B]$, and 0 goes to bin 0. */
  readonly bin: number;
  readonly count: number;
  /** Mean confidence in the bin. */
  readonly confidence: number;
  /** Share of fakes (or of right verdicts, for `top-label`) in the bin. */
  readonly accuracy: number;
}

/**
 * Non-empty bins of a reliability diagram, ascending.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param probabilities - [rows], p(fake) in [0, 1].
 * @param options - Bins and kind.
 * @throws EvaluationError if the set is malformed or `bins` is no positive whole number.
 * @example
 * ```ts
 * computeReliability([0, 1], [0.3, 0.7]); // two bins, confidences 0.3 and 0.7
 * ```
 */
export function computeReliability(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { bins = 15, kind = 'positive' }: CalibrationErrorOptions = {},
): ReliabilityBin[] {
  checkScores(labels, probabilities, { where: 'computeReliability', probabilities: true });
  if (!Number.isInteger(bins) || bins < 1) {
    throw new EvaluationError(`computeReliability: expected a positive whole number of bins, got ${bins}; 15 is usual`);
  }
  const counts = new Float64Array(bins);
  const confidences = new Float64Array(bins);
  const hits = new Float64Array(bins);
  for (let row = 0; row < labels.length; row++) {
    const p = probabilities[row]!;
    const confidence = kind === 'positive' ? p : Math.max(p, 1 - p);
    const bin = Math.min(Math.max(Math.ceil(confidence * bins) - 1, 0), bins - 1);
    counts[bin]! += 1;
    confidences[bin]! += confidence;
    hits[bin]! += kind === 'positive' ? labels[row]! : Number((p >= 0.5 ? 1 : 0) === labels[row]);
  }
  return Array.from(counts, (count, bin) => ({
    bin,
    count,
    confidence: confidences[bin]! / count,
    accuracy: hits[bin]! / count,
  })).filter(({ count }) => count > 0);
}

/**
 * Expected calibration error: the mean gap between confidence and accuracy, weighted by bin size,
 * $\mathrm{ECE} = \sum_k \frac{n_k}{n} \left| \mathrm{acc}_k - \mathrm{conf}_k \right|$.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param probabilities - [rows], p(fake) in [0, 1].
 * @param options - Bins (15) and kind (`positive`).
 * @returns A number in [0, 1]; 0 means that of the rows scored 0.8, 80 % are fake.
 * @throws EvaluationError if the set is malformed.
 * @example
 * ```ts
 * expectedCalibrationError([0, 1], [0.3, 0.7]); // 0.3
 * ```
 * @see Guo et al., On Calibration of Modern Neural Networks, ICML 2017, equation 3.
 */
export function expectedCalibrationError(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: CalibrationErrorOptions = {},
): number {
  let sum = 0;
  for (const { count, confidence, accuracy } of computeReliability(labels, probabilities, options)) {
    sum += (count / labels.length) * Math.abs(accuracy - confidence);
  }
  return sum;
}

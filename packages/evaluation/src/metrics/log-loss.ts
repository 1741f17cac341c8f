import { checkScores } from './check-scores.js';

/**
 * Mean negative log likelihood in nats: $-\frac{1}{n} \sum_i y_i \ln p_i + (1 - y_i) \ln (1 - p_i)$,
 * with $p$ clipped to $[\varepsilon, 1 - \varepsilon]$, $\varepsilon = 2^{-52}$, so that one confident mistake stays finite.
 *
 * @param labels - [rows], 0 (real) or 1 (fake).
 * @param probabilities - [rows], in [0, 1].
 * @returns A number in [0, 36.05]; $\ln 2$ is what a constant 0.5 reaches.
 * @throws EvaluationError if the set is malformed or a value is no probability.
 * @example
 * ```ts
 * logLoss([0, 1], [0.5, 0.5]); // 0.6931…
 * ```
 * @see scikit-learn's `log_loss(eps='auto')` on float64.
 */
export function logLoss(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  checkScores(labels, probabilities, { where: 'logLoss', probabilities: true });
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const clipped = Math.min(Math.max(probabilities[row]!, Number.EPSILON), 1 - Number.EPSILON);
    sum -= labels[row] === 1 ? Math.log(clipped) : Math.log(1 - clipped);
  }
  return sum / labels.length;
}

/** A mean over runs with its interval. */
export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  /** Null for a single run, which has no spread. */
  readonly interval: readonly [number, number] | null;
}

/**
 * The mean of independent values with Student's t interval, $\bar x \pm t_{n-1} s / \sqrt n$. A bootstrap of the three to
 * ten runs that are usual is far too narrow.
 *
 * @param values - one a run, at least one
 * @param level - coverage in (0, 1)
 */
export function computeMeanInterval(values: readonly number[], level: number): MeanInterval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { count, mean, interval: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const reach = studentQuantile(level, count - 1) * Math.sqrt(variance / count);
  return { count, mean, interval: [mean - reach, mean + reach] };
}

/**
 * The $t$ with $P(|T| \le t) = $ level for Student's distribution.
 *
 * @param level - in (0, 1)
 * @param freedom - degrees of freedom, whole
 */
export function studentQuantile(level: number, freedom: number): number {
  let low = 0;
  let high = Math.PI / 2;
  // In the angle, where the distribution has a closed form, until no number lies between.
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2;
    if (coverageOf(middle, freedom) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan((low + high) / 2);
}

/** $P(|T| \le \sqrt{\nu} \tan\theta)$. @see Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. */
function coverageOf(theta: number, freedom: number): number {
  const cosine = Math.cos(theta);
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

import { InvalidOptionError, type MeasuredChange, type MeasuredQuantity, measuredQuantities } from '@sofd/core';

/** What a quantity must exceed to count as changed. */
export interface ChangeThresholds {
  /** Part of unchanged pairs that stays at or under a threshold, on average at least. */
  readonly quantile: number;
  /** By quantity; `null` where there were too few controls for the quantile. */
  readonly thresholds: Readonly<Record<MeasuredQuantity, number | null>>;
  /** How many controls each threshold stands on. */
  readonly controls: Readonly<Record<MeasuredQuantity, number>>;
}

/**
 * Finds thresholds from pairs in which nothing was altered that a person would name: blended back from the same face,
 * compressed, resampled.
 *
 * The threshold is the k-th smallest magnitude of n controls with `k = ceil((n + 1) q)`. Then the magnitude of another unchanged
 * pair, exchangeable with the controls, is beyond it with a probability of at most 1 - q, whatever n is. Below
 * `n = q / (1 - q)`, 19 for a quantile of 0.95, no threshold keeps that promise, and there is none.
 *
 * Controls in which a quantity is exactly 0 never touched it; they say nothing of it and are left out. Those that a quantity
 * could not be measured of are, too.
 *
 * @param controls changes of unchanged pairs
 * @param options `quantile` over 0 and under 1, 0.95 by default
 * @throws InvalidOptionError where the quantile is out of range
 *
 * @see J. Lei, M. G'Sell, A. Rinaldo, R. Tibshirani, L. Wasserman, "Distribution-Free Predictive Inference for Regression", 2018
 */
export function calibrateChange(
  controls: readonly MeasuredChange[],
  { quantile = 0.95 }: { readonly quantile?: number } = {},
): ChangeThresholds {
  if (!(quantile > 0 && quantile < 1)) {
    throw new InvalidOptionError(
      `calibrateChange: expected a quantile over 0 and under 1, got ${quantile}; 0.95 is usual`,
    );
  }
  const magnitudes = (quantity: MeasuredQuantity) =>
    controls
      .map((change) => Math.abs(change[quantity] ?? 0))
      .filter((magnitude) => magnitude > 0)
      .sort((a, b) => a - b);
  const byQuantity = measuredQuantities.map((quantity) => [quantity, magnitudes(quantity)] as const);
  const thresholdOf = (sorted: readonly number[]) =>
    sorted[Math.ceil((sorted.length + 1) * quantile - 1e-9) - 1] ?? null;
  return {
    quantile,
    thresholds: Object.fromEntries(
      byQuantity.map(([quantity, sorted]) => [quantity, thresholdOf(sorted)]),
    ) as ChangeThresholds['thresholds'],
    controls: Object.fromEntries(
      byQuantity.map(([quantity, sorted]) => [quantity, sorted.length]),
    ) as ChangeThresholds['controls'],
  };
}

/** Middle and spread of some numbers. */
export interface Summary {
  readonly median: number;
  /** A quarter of the numbers lies below the first, a quarter above the second. */
  readonly quartiles: readonly [number, number];
}

/**
 * A quantile by linear interpolation between the sorted numbers.
 *
 * @param values - at least one.
 * @param fraction - 0 for the least, 1 for the greatest.
 */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

/** Median and quartiles. */
export function summarize(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), quartiles: [quantile(values, 0.25), quantile(values, 0.75)] };
}

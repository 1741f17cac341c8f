/** The validation of one step. */
export interface ValidationRecord {
  readonly step: number;
  /** By name; higher is better for the one that is monitored. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A metric that cannot be computed counts as the worst. */
const scoreOf = ({ metrics }: ValidationRecord, monitor: string): number => {
  const score = metrics[monitor];
  return score === undefined || Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
};

/**
 * Orders validations from the best to the worst; the earlier one of equals first.
 *
 * @param validations - of a run, in the order of its steps
 * @param monitor - the metric, of which more is better
 */
export const rankValidations = (
  validations: readonly ValidationRecord[],
  monitor: string,
): readonly ValidationRecord[] =>
  [...validations].sort((a, b) => scoreOf(b, monitor) - scoreOf(a, monitor) || a.step - b.step);

/**
 * How many validations have passed since the last that was better than all before it by more than `minDelta`.
 *
 * @param validations - of a run, in the order of its steps
 */
export function countSinceImprovement(
  validations: readonly ValidationRecord[],
  { monitor, minDelta = 0 }: { readonly monitor: string; readonly minDelta?: number | undefined },
): number {
  let best = Number.NEGATIVE_INFINITY;
  let since = 0;
  for (const validation of validations) {
    const score = scoreOf(validation, monitor);
    since = score > best + minDelta ? 0 : since + 1;
    if (since === 0) best = score;
  }
  return since;
}

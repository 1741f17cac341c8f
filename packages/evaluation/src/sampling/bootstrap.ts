import { createRandom, EvaluationError } from '@sofd/core';

/** What {@link bootstrapInterval} resamples. */
export interface BootstrapOptions {
  /**
   * The figure of interest on a list of row numbers, which may repeat. It throws `EvaluationError` where it is undefined
   * (for instance an AUC of one class); such resamples are drawn again and counted.
   */
  readonly statistic: (rows: readonly number[]) => number;
  /** [rows], the group of each row, usually the identity: rows of a group are drawn together, because they are not independent. */
  readonly groups: readonly string[];
  /** The same seed gives the same interval. */
  readonly seed: number | string;
  /** Resamples that count, 2000 by default. */
  readonly resamples?: number;
  /** Coverage in (0, 1), 0.95 by default. */
  readonly level?: number;
}

/** A figure with its percentile interval. */
export interface BootstrapInterval {
  /** The statistic on all rows. */
  readonly estimate: number;
  /** Lower and upper end of the percentile interval. */
  readonly interval: readonly [number, number];
  readonly level: number;
  readonly resamples: number;
  /** Resamples on which the statistic was undefined, drawn again; many of them mean too few groups. */
  readonly redrawn: number;
  /** Distinct groups. */
  readonly groups: number;
}

/** Give up when so many resamples in proportion are undefined: the interval would describe a corner of the data. */
const maxRedrawRatio = 20;

/**
 * Percentile bootstrap interval by group.
 *
 * With $G$ groups, each resample draws $G$ groups with replacement and takes all their rows; the interval is from the
 * $\frac{1-\ell}{2}$ to the $\frac{1+\ell}{2}$ quantile (linear between order statistics) of the statistic over the resamples.
 *
 * @param options - Statistic, groups, seed, resamples, level.
 * @returns Estimate, interval and how many resamples were drawn again.
 * @throws EvaluationError if there are fewer than 2 groups, the statistic is undefined on all rows or on nearly all resamples, or an option is out of range.
 * @example
 * ```ts
 * const labels = [0, 1, 0, 1, 0, 1];
 * const scores = [0.1, 0.9, 0.4, 0.3, 0.2, 0.8];
 * bootstrapInterval({
 *   statistic: (rows) => computeAuc(rows.map((row) => labels[row]!), rows.map((row) => scores[row]!)),
 *   groups: ['anna', 'anna', 'ben', 'ben', 'cleo', 'cleo'],
 *   seed: 1,
 * }).interval;
 * ```
 * @see Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
 */
export function bootstrapInterval({
  statistic,
  groups,
  seed,
  resamples = 2000,
  level = 0.95,
}: BootstrapOptions): BootstrapInterval {
  checkOptions(resamples, level);
  const members = collectMembers(groups);
  if (members.length < 2) {
    throw new EvaluationError(
      `bootstrapInterval: expected at least 2 groups, got ${members.length}; an interval over people needs more than one person`,
    );
  }
  const estimate = checkFinite(statistic(groups.map((_, row) => row)));
  const random = createRandom(seed).split('bootstrap');
  const values = new Float64Array(resamples);
  let redrawn = 0;
  for (let done = 0; done < resamples; ) {
    const rows = members.flatMap(() => members[random.integer(members.length)]!);
    const value = tryStatistic(statistic, rows);
    if (value !== null) values[done++] = value;
    else if (++redrawn > maxRedrawRatio * resamples) {
      throw new EvaluationError(
        `bootstrapInterval: expected a statistic that most resamples define, got ${redrawn} undefined ones for ${done} defined; ` +
          'too few groups hold both classes, add people',
      );
    }
  }
  values.sort();
  const interval = [quantileOf(values, (1 - level) / 2), quantileOf(values, (1 + level) / 2)] as const;
  return { estimate, interval, level, resamples, redrawn, groups: members.length };
}

/** Quantile of sorted values, linear between order statistics (numpy's default). */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const start = sorted[below]!;
  const end = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return start + (position - below) * (end - start);
}

function collectMembers(groups: readonly string[]): number[][] {
  const byGroup = new Map<string, number[]>();
  groups.forEach((group, row) => {
    const rows = byGroup.get(group);
    if (rows) rows.push(row);
    else byGroup.set(group, [row]);
  });
  return [...byGroup.values()];
}

function tryStatistic(statistic: BootstrapOptions['statistic'], rows: readonly number[]): number | null {
  try {
    return checkFinite(statistic(rows));
  } catch (error) {
    // Any other error is a defect of the statistic, and must not look like an undefined resample.
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

function checkFinite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new EvaluationError(
    `bootstrapInterval: expected a finite statistic, got ${value}; throw EvaluationError where it is undefined`,
  );
}

function checkOptions(resamples: number, level: number): void {
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new EvaluationError(
      `bootstrapInterval: expected a positive whole number of resamples, got ${resamples}; 2000 is usual`,
    );
  }
  if (!(level > 0 && level < 1)) {
    throw new EvaluationError(`bootstrapInterval: expected a level in (0, 1), got ${level}; write 95 % as 0.95`);
  }
}

import { EvaluationError } from '@sofd/core';
import { computeAuc } from '../metrics/auc.js';
import { bootstrapInterval, quantileOf } from './bootstrap.js';

/** A model whose runs scored the rows. */
export interface PairedModel {
  readonly name: string;
  /** [runs][rows], p(fake) by each run, as by each seed; a single run is one. */
  readonly runs: readonly ArrayLike<number>[];
}

/** What {@link comparePaired} compares. */
export interface ComparePairedOptions {
  /** [rows], 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** [rows], the group of each row, usually the identity: rows of a group are drawn together. */
  readonly groups: readonly string[];
  /** The first is what the others are compared with. */
  readonly models: readonly PairedModel[];
  /** The same seed gives the same intervals. */
  readonly seed: number | string;
  /** Resamples that count, 2000 by default. */
  readonly resamples?: number;
  /** Coverage in (0, 1), 0.95 by default. */
  readonly level?: number;
}

/** A figure with its percentile interval over groups. */
export interface PairedFigure {
  readonly estimate: number;
  readonly interval: readonly [number, number];
}

/** How models compare on the same rows. */
export interface PairedComparison {
  readonly models: readonly (PairedFigure & {
    readonly name: string;
    /** The AUC of each run on all rows; `estimate` is their mean. */
    readonly runs: readonly number[];
  })[];
  /** Each other model minus the first: above zero where the other is better. */
  readonly differences: readonly (PairedFigure & { readonly name: string; readonly against: string })[];
  readonly level: number;
  readonly resamples: number;
  /** Resamples that held one class only and were drawn again. */
  readonly redrawn: number;
  readonly groups: number;
}

/**
 * Compares the AUC of models by a paired bootstrap over groups of rows.
 *
 * A resample draws as many groups with replacement as there are, and takes all their rows. On it the AUC of a model is the
 * mean of its runs' AUCs, and every model and run sees the same resample: what makes a resample hard is hard for all of them
 * and drops out of the difference. Intervals are percentiles over the resamples. They say how far other people would have
 * changed the figures; runs are averaged, not resampled.
 *
 * @param options - Labels, groups, the scores of each model's runs, seed.
 * @returns For each model its mean AUC, for each but the first its difference from the first, with intervals.
 * @throws EvaluationError if the arrays do not fit, a class or a second group is missing, or an option is out of range.
 * @example
 * ```ts
 * const { differences } = comparePaired({
 *   labels: [0, 1, 0, 1, 0, 1],
 *   groups: ['anna', 'anna', 'ben', 'ben', 'cleo', 'cleo'],
 *   models: [
 *     { name: 'single task', runs: [[0.1, 0.9, 0.4, 0.3, 0.2, 0.8]] },
 *     { name: 'multitask', runs: [[0.1, 0.9, 0.3, 0.4, 0.2, 0.8]] },
 *   ],
 *   seed: 1,
 * });
 * differences[0].estimate > 0; // true
 * ```
 * @see Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8.
 */
export function comparePaired({
  labels,
  groups,
  models,
  seed,
  resamples,
  level,
}: ComparePairedOptions): PairedComparison {
  checkModels(labels, groups, models);
  const pick = (values: ArrayLike<number>, rows: readonly number[]) => rows.map((row) => values[row]!);
  // One seed for all: whether a resample counts depends on its labels only, so that all models see the same ones.
  const drawn = models.map(({ runs }) => {
    const values: number[] = [];
    const statistic = (rows: readonly number[]): number => {
      const classes = pick(labels, rows);
      const mean = runs.reduce((sum, scores) => sum + computeAuc(classes, pick(scores, rows)), 0) / runs.length;
      values.push(mean);
      return mean;
    };
    const options = { ...(resamples === undefined ? {} : { resamples }), ...(level === undefined ? {} : { level }) };
    const result = bootstrapInterval({ statistic, groups, seed, ...options });
    // The first value is that of all rows.
    return { ...result, values: values.slice(1) };
  });
  const first = drawn[0]!;
  const tail = (1 - first.level) / 2;
  return {
    models: models.map(({ name, runs }, index) => {
      const { estimate, interval } = drawn[index]!;
      return { name, estimate, interval, runs: runs.map((scores) => computeAuc(labels, scores)) };
    }),
    differences: drawn.slice(1).map(({ estimate, values }, index) => {
      const sorted = Float64Array.from(values, (value, resample) => value - first.values[resample]!).sort();
      return {
        name: models[index + 1]!.name,
        against: models[0]!.name,
        estimate: estimate - first.estimate,
        interval: [quantileOf(sorted, tail), quantileOf(sorted, 1 - tail)] as const,
      };
    }),
    level: first.level,
    resamples: first.resamples,
    redrawn: first.redrawn,
    groups: first.groups,
  };
}

function checkModels(labels: ArrayLike<number>, groups: readonly string[], models: readonly PairedModel[]): void {
  if (models.length === 0 || models.some(({ runs }) => runs.length === 0))
    throw new EvaluationError(
      'comparePaired: expected a model with a run at least, got none; give the scores of each run',
    );
  const sizes = new Set([
    labels.length,
    groups.length,
    ...models.flatMap(({ runs }) => runs.map(({ length }) => length)),
  ]);
  if (sizes.size > 1)
    throw new EvaluationError(
      `comparePaired: expected as many labels, groups and scores, got ${[...sizes].join(', ')}; score the same rows with every run`,
    );
}

import { createRandom, EvaluationError } from '@sofd/core';
import { computeAuc } from '../metrics/auc.js';
import { type BootstrapInterval, bootstrapInterval } from '../sampling/bootstrap.js';
import { fitRidge } from './fit-ridge.js';

/** What a probe sees. */
export interface ProbeSet {
  /** [rows][features], finite. */
  readonly features: readonly (readonly number[])[];
  /** [rows], 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** [rows], usually the identity: rows of a group are never on both sides of a fold. */
  readonly groups: readonly string[];
}

/** How to probe. */
export interface ProbeOptions {
  /** Decides the folds and the interval. */
  readonly seed: number | string;
  /** 5 by default. */
  readonly folds?: number;
  /** Of the interval, 2000 by default. */
  readonly resamples?: number;
  /** Pull of the weights of standardised features to 0, 0.001 by default. */
  readonly regularisation?: number;
}

function checkSet({ features, labels, groups }: ProbeSet, folds: number): void {
  const problem = (expected: string) => new EvaluationError(`probeFeatures: ${expected}`);
  if (features.length !== labels.length || features.length !== groups.length) {
    throw problem(
      `expected as many features as labels and groups, got ${features.length}, ${labels.length} and ${groups.length}; give a row each`,
    );
  }
  const people = new Set(groups).size;
  if (!Number.isInteger(folds) || folds < 2 || folds > people) {
    throw problem(`expected 2 to ${people} folds, one group each at least, got ${folds}; 5 are usual`);
  }
  const size = features[0]!.length;
  const wrong = features.findIndex((row) => row.length !== size || !row.every(Number.isFinite));
  if (wrong >= 0)
    throw problem(`expected ${size} finite features in each row, got [${features[wrong]}] in row ${wrong}`);
}

/** [rows]: a fold each, that of its group. */
function dealFolds(groups: readonly string[], folds: number, seed: number | string): number[] {
  const names = createRandom(seed)
    .split('probe-features')
    .shuffle([...new Set(groups)].sort());
  const foldOf = new Map(names.map((name, index) => [name, index % folds]));
  return groups.map((group) => foldOf.get(group)!);
}

/** [rows]: the score of each row by a line fitted to the other folds. */
function scoreHeldOut({ features, labels }: ProbeSet, foldOf: readonly number[], regularisation: number): Float64Array {
  const scores = new Float64Array(features.length);
  for (const fold of new Set(foldOf)) {
    const rows = features.map((_, row) => row).filter((row) => foldOf[row] !== fold);
    const known = rows.map((row) => labels[row]!);
    if (new Set(known).size < 2) {
      throw new EvaluationError(
        'probeFeatures: expected both labels outside of each fold, got one; add groups that have the other, or take fewer folds',
      );
    }
    const line = fitRidge(
      rows.map((row) => features[row]!),
      known,
      regularisation,
    );
    features.forEach((row, index) => {
      if (foldOf[index] !== fold) return;
      scores[index] = line.weights.reduce((sum, weight, k) => sum + weight * row[k]!, line.bias);
    });
  }
  return scores;
}

/**
 * How well a line through some features tells two classes apart on groups that it has not seen: a linear probe.
 *
 * The AUC is that within each fold, averaged over the folds: scores of different lines are not compared. The interval is
 * from a bootstrap by group with the scores as they are. Where groups hold both labels, a resample that draws one twice
 * compares its own rows twice as often, so the interval may lie a little above the AUC.
 *
 * Used on features that must not matter (size of the file, brightness), it shows whether a data set gives its labels away.
 *
 * @param set features, labels, groups
 * @param options seed, folds, resamples, regularisation
 * @returns the AUC with its interval; 0.5 is chance
 * @throws EvaluationError if the set is malformed, or too small for its folds
 * @example
 * ```ts
 * const groups = Array.from({ length: 40 }, (_, i) => `p${i}`);
 * const labels = groups.map((_, i) => i % 2);
 * const features = groups.map((_, i) => [i % 2, i % 3]);
 * probeFeatures({ features, labels, groups }, { seed: 1 }).estimate; // 1: the first feature is the label
 * ```
 * @see Alain & Bengio, Understanding Intermediate Layers Using Linear Classifier Probes, 2016.
 */
export function probeFeatures(
  set: ProbeSet,
  { seed, folds = 5, resamples = 2000, regularisation = 1e-3 }: ProbeOptions,
): BootstrapInterval {
  checkSet(set, folds);
  const { labels, groups } = set;
  const foldOf = dealFolds(groups, folds, seed);
  const scores = scoreHeldOut(set, foldOf, regularisation);
  const statistic = (rows: readonly number[]): number => {
    const parts = Array.from({ length: folds }, (_, fold) => rows.filter((row) => foldOf[row] === fold));
    const aucs = parts.map((own) =>
      computeAuc(
        own.map((row) => labels[row]!),
        own.map((row) => scores[row]!),
      ),
    );
    return aucs.reduce((sum, auc) => sum + auc, 0) / folds;
  };
  return bootstrapInterval({ statistic, groups, seed, resamples });
}

import { EvaluationError, type LabelGraph } from '@sofd/core';
import { checkTable, columnOf, type LabelTable } from './label-table.js';
import { computeAuc } from './metrics/auc.js';
import { averagePrecision } from './metrics/average-precision.js';
import { brierScore } from './metrics/brier-score.js';
import { expectedCalibrationError } from './metrics/calibration-error.js';
import { equalErrorRate } from './metrics/equal-error-rate.js';
import { logLoss } from './metrics/log-loss.js';
import { tprAtFpr } from './metrics/tpr-at-fpr.js';
import { bootstrapInterval } from './sampling/bootstrap.js';

/** What {@link evaluateScores} needs. */
export interface EvaluateScoresOptions extends LabelTable {
  readonly graph: LabelGraph;
  /** [rows], the person of each row; rows of a person are resampled together. */
  readonly identities: readonly string[];
  /** Seed of the bootstrap, 0 by default. */
  readonly seed?: number | string;
  /** Bootstrap resamples, 2000 by default. */
  readonly resamples?: number;
  /** Coverage of the intervals, 0.95 by default. */
  readonly level?: number;
}

/** How well one label is found, over all rows, one against the rest. */
export type LabelEvaluation =
  | {
      readonly auc: number;
      readonly interval: readonly [number, number];
      readonly positives: number;
      readonly negatives: number;
    }
  | {
      readonly auc: null;
      readonly interval: null;
      readonly positives: number;
      readonly negatives: number;
      /** Why there is no figure. */
      readonly reason: string;
    };

/** An honest score; plain JSON. Figures without a label are about the primary label (fake). */
export interface EvaluationSummary {
  readonly auc: number;
  readonly interval: readonly [number, number];
  /** Coverage of all intervals. */
  readonly level: number;
  /** What the intervals resample: people, or single images where only one person is present. */
  readonly intervalUnit: 'identity' | 'row';
  readonly resamples: number;
  /** Resamples of the primary label that held one class only and were drawn again. */
  readonly redrawn: number;
  readonly averagePrecision: number;
  readonly eer: number;
  /** Share of fakes found at 1 % and at 5 % false alarms. */
  readonly tprAtFpr: { readonly '0.01': number; readonly '0.05': number };
  readonly brier: number;
  readonly ece: number;
  readonly logLoss: number;
  readonly perLabel: Readonly<Record<string, LabelEvaluation>>;
  /** Rows. */
  readonly count: number;
  readonly positives: number;
  readonly negatives: number;
  /** Distinct people. */
  readonly identities: number;
  /** What a reader must know before quoting a figure, in full sentences. */
  readonly warnings: readonly string[];
}

/** Below this many people a percentile interval is itself unreliable. */
const fewIdentities = 10;

/**
 * Scores a detector on labelled rows: the primary label in full, every label by its AUC, with bootstrap intervals by person.
 *
 * @param options - Graph, targets and marginals [rows, labels], identities [rows], bootstrap settings.
 * @returns A plain JSON summary.
 * @throws EvaluationError if the arrays do not fit, a value is not finite, or the primary label has one class only.
 * @example
 * ```ts
 * const summary = evaluateScores({ graph: faceForensics, targets, marginals, identities, seed: 1 });
 * summary.auc; // for instance 0.83, with summary.interval around it
 * ```
 */
export function evaluateScores(options: EvaluateScoresOptions): EvaluationSummary {
  const { graph, targets, marginals, identities } = options;
  const rows = checkTable({ targets, marginals }, { graph, where: 'evaluateScores' });
  if (identities.length !== rows) {
    throw new EvaluationError(
      `evaluateScores: expected one identity for each of ${rows} rows, got ${identities.length}; repeat a person's name for each of their images`,
    );
  }
  const people = new Set(identities).size;
  const context = { ...options, width: graph.labels.length, unit: people > 1 ? 'identity' : 'row' } as const;
  const column = graph.levels.primary.start;
  const labels = columnOf(targets, column, context.width);
  const scores = columnOf(marginals, column, context.width);
  const auc = computeAuc(labels, scores);
  const bootstrap = intervalOf(labels, scores, context);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return {
    auc,
    interval: bootstrap.interval,
    level: bootstrap.level,
    intervalUnit: context.unit,
    resamples: bootstrap.resamples,
    redrawn: bootstrap.redrawn,
    averagePrecision: averagePrecision(labels, scores),
    eer: equalErrorRate(labels, scores),
    tprAtFpr: { '0.01': tprAtFpr(labels, scores, 0.01), '0.05': tprAtFpr(labels, scores, 0.05) },
    brier: brierScore(labels, scores),
    ece: expectedCalibrationError(labels, scores),
    logLoss: logLoss(labels, scores),
    perLabel: Object.fromEntries(graph.labels.map((label, index) => [label, evaluateLabel(index, context)])),
    count: rows,
    positives,
    negatives: rows - positives,
    identities: people,
    warnings: describeWeakness(people, bootstrap),
  };
}

type Context = EvaluateScoresOptions & { readonly width: number; readonly unit: 'identity' | 'row' };

function evaluateLabel(column: number, context: Context): LabelEvaluation {
  const labels = columnOf(context.targets, column, context.width);
  const scores = columnOf(context.marginals, column, context.width);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) {
    const missing = positives === 0 ? 'altered' : 'unaltered';
    return { auc: null, interval: null, positives, negatives, reason: `no ${missing} image in this set` };
  }
  return {
    auc: computeAuc(labels, scores),
    interval: intervalOf(labels, scores, context).interval,
    positives,
    negatives,
  };
}

function intervalOf(
  labels: Float64Array,
  scores: Float64Array,
  { identities, unit, seed = 0, resamples, level }: Context,
) {
  return bootstrapInterval({
    statistic: (rows) =>
      computeAuc(
        rows.map((row) => labels[row]!),
        rows.map((row) => scores[row]!),
      ),
    groups: unit === 'identity' ? identities : identities.map((_, row) => String(row)),
    seed,
    ...(resamples === undefined ? {} : { resamples }),
    ...(level === undefined ? {} : { level }),
  });
}

function describeWeakness(
  people: number,
  bootstrap: { readonly resamples: number; readonly redrawn: number },
): string[] {
  const warnings: string[] = [];
  if (people === 1) {
    warnings.push('All images show one person: the interval is over images and says nothing about other people.');
  } else if (people < fewIdentities) {
    warnings.push(`Only ${people} people: an interval over so few is rough, and the figures say little about others.`);
  }
  if (bootstrap.redrawn > bootstrap.resamples / 10) {
    warnings.push(
      `${bootstrap.redrawn} of ${bootstrap.redrawn + bootstrap.resamples} resamples held one class only and were drawn again: too few people appear in both classes.`,
    );
  }
  return warnings;
}

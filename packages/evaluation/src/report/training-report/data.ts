import type { EvaluationSummary } from '../../evaluate-scores.js';

/** What one step of training did; a line of a run folder's `metrics.jsonl`. */
export interface TrainingRecord {
  /** Counted from 1. */
  readonly step: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** The loss of each task. */
  readonly losses: Readonly<Record<string, number>>;
  /** The weight of each task. */
  readonly taskWeights: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly gradientNorm?: number;
  /** Metrics at steps with a validation: `auc`, `auc/<label>`, `loss/<task>`, or others. */
  readonly validation?: Readonly<Record<string, number>>;
}

/** What a part of the data set holds. */
export interface TrainingPart {
  /** For instance train, held-out, validation. */
  readonly part: string;
  /** Distinct identities. */
  readonly people: number;
  readonly rows: number;
}

/** A run among several that are compared. */
export interface ComparedRun {
  /** The experiment's name; runs of the same name differ in their seed. */
  readonly experiment: string;
  /** Runs of two experiments with the same seed are a pair. */
  readonly seed: number | string;
  /** What the run reached, by metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** All that the report of a run shows; any text in it may come from files and users, it is escaped. */
export interface TrainingReportData {
  /** The run's name. */
  readonly name: string;
  /** The experiment as plain JSON. */
  readonly experiment: Readonly<Record<string, unknown>>;
  /** The same with every setting at its default: the report shows what differs. Left out, it shows all settings. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Ascending in `step`. Values that are not finite are left out of the charts, and pointed out. */
  readonly records: readonly TrainingRecord[];
  /** Names of the tasks, in drawing order. */
  readonly tasks: readonly string[];
  /** Names of the labels, in the order of the label graph. */
  readonly labels: readonly string[];
  /** How the tasks were weighted, for instance `auto-lambda`. */
  readonly weighting: string;
  /** What computed it. */
  readonly engine?: string;
  /** When the run started and finished, ISO 8601. */
  readonly started?: string;
  readonly finished?: string;
  /** The step that counts as the best of a metric; left out, the lowest of `loss/...`, `eer`, `ece`, `brier` and `logLoss`, the highest of others. */
  readonly best?: Readonly<Record<string, number>>;
  /** From `evaluateScores` on rows that no choice of the run rested on; adds a table of labels with intervals. */
  readonly evaluation?: Pick<EvaluationSummary, 'perLabel' | 'level'>;
  readonly dataset?: readonly TrainingPart[];
  /** This run and others of the same or of other experiments; the first experiment is what the others are compared with. */
  readonly peers?: readonly ComparedRun[];
}

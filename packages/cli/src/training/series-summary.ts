import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { comparePaired, computeMeanInterval } from '@sofd/evaluation';
import { CommandError } from '../command-error.js';
import type { EvaluationReport } from '../commands/evaluate.js';

/** A line of `scores.jsonl`, as far as it matters here. */
interface Score {
  readonly id: string;
  readonly identity: string;
  readonly label: number;
  readonly probability: number;
}

/** A run of a series, trained and scored. */
export interface SeriesRun {
  /** Name of the experiment's file. */
  readonly experiment: string;
  readonly seed: number;
  readonly folder: string;
  readonly steps: number;
  readonly monitor: string;
  /** The best validation of the monitored metric. */
  readonly validation: number | null;
  readonly test: EvaluationReport;
  readonly scores: readonly Score[];
}

/** What all runs of an experiment reached on the test people. */
export interface SeriesExperiment {
  readonly experiment: string;
  readonly auc: number;
  /** What other people would have given: a bootstrap by person, over the mean of the runs. */
  readonly peopleInterval: readonly [number, number];
  /** What other seeds would have given: Student's t over the runs; null for a single run. */
  readonly seedInterval: readonly [number, number] | null;
  readonly runs: readonly {
    readonly seed: number;
    readonly folder: string;
    readonly steps: number;
    readonly validation: number | null;
    readonly auc: number;
  }[];
}

/** What `sofd train --seeds` and `--compare` write as JSON. */
export interface SeriesSummary {
  readonly metric: 'auc';
  readonly split: 'test';
  readonly dataset: string;
  readonly images: number;
  readonly people: number;
  readonly level: number;
  readonly resamples: number;
  /** How the figures came about, in plain words. */
  readonly procedure: string;
  readonly experiments: readonly SeriesExperiment[];
  /** Each other experiment minus the first. */
  readonly differences: readonly {
    readonly experiment: string;
    readonly against: string;
    readonly auc: number;
    readonly peopleInterval: readonly [number, number];
    /** Student's t over the differences of runs with the same seed; null for a single seed. */
    readonly seedInterval: readonly [number, number] | null;
  }[];
}

const level = 0.95;

/** Scores of the primary label, a line an image. */
export async function readScores(folder: string): Promise<readonly Score[]> {
  const text = await readFile(join(folder, 'scores.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { id, identity, targets, marginals } = JSON.parse(line) as {
        id: string;
        identity: string;
        targets: readonly number[];
        marginals: readonly number[];
      };
      return { id, identity, label: targets[0]!, probability: marginals[0]! };
    });
}

function groupByExperiment(runs: readonly SeriesRun[]): Map<string, SeriesRun[]> {
  const groups = new Map<string, SeriesRun[]>();
  for (const run of runs) groups.set(run.experiment, [...(groups.get(run.experiment) ?? []), run]);
  return groups;
}

/**
 * Compares the runs of a series on the test people.
 *
 * @param runs - all runs, those of an experiment with the same seeds as those of the others
 * @throws {CommandError} where the runs scored different images
 */
export function compareRuns(runs: readonly SeriesRun[]): SeriesSummary {
  const [{ scores, test }] = runs as readonly [SeriesRun, ...SeriesRun[]];
  const stranger = runs.find((run) => run.scores.some(({ id }, row) => id !== scores[row]?.id));
  if (stranger)
    throw new CommandError(
      `train: expected all runs to score the same images, got others in ${stranger.folder}; start the series in a new folder.`,
    );
  const groups = groupByExperiment(runs);
  const paired = comparePaired({
    labels: scores.map(({ label }) => label),
    groups: scores.map(({ identity }) => identity),
    models: [...groups].map(([name, members]) => ({
      name,
      runs: members.map((run) => run.scores.map(({ probability }) => probability)),
    })),
    seed: 1,
    level,
  });
  const aucOf = new Map(paired.models.map(({ name, runs: aucs }) => [name, aucs]));
  const first = paired.models[0]!;
  return {
    metric: 'auc',
    split: 'test',
    dataset: test.dataset.digest,
    images: scores.length,
    people: paired.groups,
    level,
    resamples: paired.resamples,
    procedure: `AUC of the primary label on the test people, averaged over the seeds. Interval by people: ${paired.resamples} bootstrap resamples of ${paired.groups} people with all their images, the same resamples for all experiments and seeds, percentiles. Interval by seeds: Student's t over the runs, paired by seed for differences.`,
    experiments: paired.models.map(({ name, estimate, interval, runs: aucs }) => ({
      experiment: name,
      auc: estimate,
      peopleInterval: interval,
      seedInterval: computeMeanInterval(aucs, level).interval,
      runs: groups.get(name)!.map(({ seed, folder, steps, validation }, index) => ({
        seed,
        folder,
        steps,
        validation,
        auc: aucs[index]!,
      })),
    })),
    differences: paired.differences.map(({ name, against, estimate, interval }) => ({
      experiment: name,
      against,
      auc: estimate,
      peopleInterval: interval,
      seedInterval: computeMeanInterval(
        aucOf.get(name)!.map((auc, index) => auc - first.runs[index]!),
        level,
      ).interval,
    })),
  };
}

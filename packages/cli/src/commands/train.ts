import type { CommandContext, CommonOptions } from '../command-context.js';
import { CommandError } from '../command-error.js';
import type { ExperimentSettings } from '../training/apply-settings.js';
import { readExperimentFile } from '../training/experiment-file.js';
import type { SeriesSummary } from '../training/series-summary.js';
import { type TrainSummary, trainRun } from '../training/train-run.js';
import { trainSeries } from '../training/train-series.js';

export type { SeriesSummary, TrainSummary };

/** Options of `sofd train`; those of {@link ExperimentSettings} are keys of the experiment. */
export interface TrainCommandOptions extends Omit<CommonOptions, 'seed'>, ExperimentSettings {
  /** Experiment files: .json, .mjs or .ts; several with `compare`. */
  readonly experiments: readonly string[];
  /** Folder of the run, or of the runs. */
  readonly output: string;
  /** Continue what the output folder holds. @default false */
  readonly resume: boolean;
  /** Train several experiments on the same data and say which is better. @default false */
  readonly compare?: boolean;
  /** Train each experiment with so many seeds, from its own on; one run without a series where not given. */
  readonly seeds?: number;
  /** Threads that make the batches of images, 0 for none. @default one a core but one */
  readonly workers?: number;
}

/** Trains as experiment files say: one run, one experiment with several seeds, or several experiments that are compared. */
export async function train(
  options: TrainCommandOptions & { readonly compare?: false; readonly seeds?: never },
  context: CommandContext,
): Promise<TrainSummary>;
export async function train(
  options: TrainCommandOptions,
  context: CommandContext,
): Promise<TrainSummary | SeriesSummary>;
export async function train(
  options: TrainCommandOptions,
  context: CommandContext,
): Promise<TrainSummary | SeriesSummary> {
  const { experiments, compare = false, seeds, output, resume, engine, workers } = options;
  if (compare ? experiments.length < 2 : experiments.length !== 1)
    throw new CommandError(
      `train: expected ${compare ? 'two or more experiment files to compare' : 'one experiment file, or --compare and several'}, got ${experiments.length}; see sofd train --help.`,
    );
  if (compare || seeds !== undefined) return await trainSeries({ ...options, seeds: seeds ?? 1 }, context);
  const file = await readExperimentFile(experiments[0]!, options);
  return await trainRun({ file, output, dataOutput: output, resume, engine, workers }, context);
}

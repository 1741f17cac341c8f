import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { readExperimentFile } from '../training/experiment-file.js';
import type { SeriesSummary } from '../training/series-summary.js';
import type { TrainCommandOptions } from '../training/train-command-options.js';
import { type TrainSummary, trainRun } from '../training/train-run.js';
import { trainSeries } from '../training/train-series.js';

export type { SeriesSummary, TrainCommandOptions, TrainSummary };

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

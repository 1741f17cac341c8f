import { join } from 'node:path';
import { throwIfAborted } from '@sofd/core';
import { writeFileAtomically } from '@sofd/model/node';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { evaluate } from '../commands/evaluate.js';
import { type ExperimentFile, readExperimentFile } from './experiment-file.js';
import { removeFeatures } from './feature-store.js';
import { describeSeries, renderSeries } from './series-report.js';
import { compareRuns, readScores, type SeriesRun, type SeriesSummary } from './series-summary.js';
import type { TrainCommandOptions } from './train-command-options.js';
import { trainRun } from './train-run.js';

/** One run of a series, before it is trained. */
interface PlannedRun {
  readonly file: ExperimentFile;
  readonly seed: number;
  readonly folder: string;
}

function assertComparable(files: readonly ExperimentFile[]): void {
  const labels = files.map(({ label }) => label);
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined)
    throw new CommandError(`train: expected experiment files of different names, got ${twice} twice; rename one.`);
  const [first, ...others] = files.map(({ data }) => JSON.stringify(data.source));
  const other = others.findIndex((source) => source !== first);
  if (other >= 0)
    throw new CommandError(
      `train: expected experiments on the same data, got ${labels[0]} and ${labels[other + 1]} with different data.folder, data.photographs or data.expand; give both the same.`,
    );
}

/** Every experiment with every seed: `seed-0` and so on, inside of a folder for each experiment where there are several. */
async function plan(options: TrainCommandOptions & { readonly seeds: number }): Promise<readonly PlannedRun[]> {
  const { experiments, seeds, output, compare = false } = options;
  const files = await Promise.all(experiments.map((path) => readExperimentFile(path, options)));
  assertComparable(files);
  const runs = files.map(async ({ label, experiment }, index) => {
    const { seed: first } = experiment;
    if (typeof first !== 'number' || !Number.isInteger(first))
      throw new CommandError(
        `train: expected a whole number as the seed to count on from, got ${first} in ${label}; add --seed 0.`,
      );
    return await Promise.all(
      Array.from({ length: seeds }, async (_, number) => {
        const seed = first + number;
        const file = await readExperimentFile(experiments[index]!, { ...options, seed });
        return { file, seed, folder: join(output, ...(compare ? [label] : []), `seed-${seed}`) };
      }),
    );
  });
  return (await Promise.all(runs)).flat();
}

/** Trains a run, or takes it as it is where it is finished, and scores the test people with it. */
async function complete(
  { file, seed, folder }: PlannedRun,
  { output, resume, engine, workers }: TrainCommandOptions,
  context: CommandContext,
): Promise<SeriesRun> {
  const trained = await trainRun({ file, output: folder, dataOutput: output, resume, engine, workers }, context);
  const evaluation = join(folder, 'evaluation');
  const { source } = file.data;
  const data = source.kind === 'dataset' ? source.folder : join(output, 'dataset');
  const report = await evaluate(
    { engine, seed: 1, quiet: false, model: folder, data, output: evaluation, split: 'test' },
    context,
  );
  const { label, experiment } = file;
  return {
    experiment: label,
    seed,
    folder,
    steps: trained.steps,
    monitor: experiment.monitor,
    validation: trained.best?.metrics[experiment.monitor] ?? null,
    test: report,
    scores: await readScores(evaluation),
  };
}

/**
 * Trains experiments with several seeds each on the same data, scores the test people with every run, and says what the
 * seeds and the people allow to say.
 *
 * @throws {CommandError} where the experiments cannot be compared
 */
export async function trainSeries(
  options: TrainCommandOptions & { readonly seeds: number },
  context: CommandContext,
): Promise<SeriesSummary> {
  const { output, compare = false } = options;
  const planned = await plan(options);
  const runs: SeriesRun[] = [];
  for (const [index, run] of planned.entries()) {
    throwIfAborted(context.signal, 'train');
    context.log(`Run ${index + 1} of ${planned.length}: ${run.file.label}, seed ${run.seed}.`);
    // Runs of the series share a data set: those after the first find it made.
    runs.push(await complete(run, options, context));
  }
  await removeFeatures(output);
  const summary = compareRuns(runs);
  const name = compare ? 'comparison' : 'seeds';
  await writeFileAtomically(join(output, `${name}.json`), `${JSON.stringify(summary, null, 2)}\n`);
  await writeFileAtomically(join(output, `${name}.html`), await renderSeries(summary));
  for (const line of describeSeries(summary, join(output, `${name}.html`))) context.log(line);
  return summary;
}

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError, NonFiniteLossError } from '@sofd/core';
import { disposeTree } from '@sofd/tensor';
import type { RunState, StepRecord } from '@sofd/trainer';
import { openRunFolder, type RunFolder } from '@sofd/trainer/node';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { explainFailure } from './explain-failure.js';
import { removeFeatures } from './feature-store.js';
import { type PreparedRun, prepareRun, type RunRequest } from './prepare-run.js';
import { writeBestCheckpoints, writeRunCheckpoint } from './run-checkpoint.js';
import { describeRun } from './run-display.js';
import { claimRunFolder, readRunRecord } from './run-record.js';
import { takeSteps } from './take-steps.js';
import { findBest, readRecords, writeTrainingReport } from './training-report.js';

/** What a run came to. */
export interface TrainSummary {
  readonly engine: string;
  /** Steps done. */
  readonly steps: number;
  /** Why it ended: all steps done, or no improvement any more. */
  readonly ended: 'steps' | 'early';
  /** AUC of the last validation; null where there was none. */
  readonly validationAuc: number | null;
  /** All metrics of the last validation. */
  readonly validation: Readonly<Record<string, number>> | null;
  /** The best validation by the metric that the experiment monitors. */
  readonly best: { readonly step: number; readonly metrics: Readonly<Record<string, number>> } | null;
  readonly losses: StepRecord['losses'];
  readonly taskWeights: Readonly<Record<string, number>>;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The manifest is the last file of a run. */
const isFinished = (output: string): Promise<boolean> => exists(join(output, 'manifest.json'));

function summarize(
  records: readonly StepRecord[],
  { engine, steps, monitor }: { engine: string; steps: number | null; monitor: string },
): TrainSummary {
  const last = records.at(-1)!;
  return {
    engine,
    steps: last.step,
    ended: steps === null || last.step === steps ? 'steps' : 'early',
    validationAuc: last.validation?.auc ?? null,
    validation: last.validation ?? null,
    best: findBest(records, monitor) ?? null,
    losses: last.losses,
    taskWeights: last.taskWeights,
  };
}

/** The state to go on from; refuses to mix two runs in a folder. */
async function claim({ file, output, resume }: RunRequest, folder: RunFolder): Promise<RunState | null> {
  const state = await folder.load();
  if (state !== null && !resume)
    throw new CommandError(
      `train: expected an output folder without a run, ${output} holds one of ${state.step} steps; add --resume to continue it or choose another folder.`,
    );
  await claimRunFolder(output, file.experiment, resume);
  return state;
}

/** Writes what people and other commands take from a run: reports, the best checkpoints, and its own, whose manifest is last. */
async function conclude(
  { output, dataOutput, file }: RunRequest,
  run: PreparedRun,
  { folder, context }: { readonly folder: RunFolder; readonly context: CommandContext },
): Promise<TrainSummary> {
  const { model, steps } = run;
  const { monitor } = file.experiment;
  const records = await readRecords(output);
  const state = (await folder.load())!;
  const best = await writeBestCheckpoints(output, await folder.loadBest(state), { model, base: run.base, records });
  await writeTrainingReport(output, run);
  await writeRunCheckpoint(output, run.trained!, { model, record: records.at(-1)! });
  // Those of a series serve its next run.
  if (dataOutput === output) await removeFeatures(output);
  const summary = summarize(records, { engine: model.engine, steps, monitor });
  for (const line of describeRun(output, { records, monitor, engine: model.engine, ended: summary.ended, best }))
    context.log(line);
  return summary;
}

/** What a run that ends before its time can still leave: a report; after a diverged loss also the best checkpoints. */
async function leave(error: unknown, { output }: RunRequest, { run, folder }: { run: PreparedRun; folder: RunFolder }) {
  const isDiverged = NonFiniteLossError.isInstance(error);
  if (!isDiverged && !AbortedError.isInstance(error)) return [];
  const records = await readRecords(output);
  const { model } = run;
  if (records.length > 0) await writeTrainingReport(output, run);
  const state = isDiverged ? await folder.load() : null;
  if (state === null) return [];
  return await writeBestCheckpoints(output, await folder.loadBest(state), { model, base: run.base, records });
}

/**
 * Trains once, into a folder that is a checkpoint at the end and can be resumed before.
 *
 * @throws {AbortedError} after saving the state, when the context's signal asks for it
 * @throws {NonFiniteLossError} naming the files of the batch
 * @throws {DiskFullError} where there is no room; the state before is whole
 */
export async function trainRun(request: RunRequest, context: CommandContext): Promise<TrainSummary> {
  const { file, output } = request;
  const { keepBest, monitor } = file.experiment;
  const folder = await openRunFolder(output, { keepBest, monitor });
  const state = await claim(request, folder);
  if (state !== null && (await isFinished(output))) {
    context.log(`Nothing to do: the run in ${output} is finished.`);
    const record = await readRunRecord(output);
    return summarize(await readRecords(output), {
      engine: record?.engine ?? '',
      steps: file.experiment.steps ?? null,
      monitor,
    });
  }
  const standing = { saved: state?.step ?? null };
  let run: PreparedRun | undefined;
  try {
    run = await prepareRun(request, context);
    run.trained = await takeSteps(run, { output, folder, state, context, standing });
    return await conclude(request, run, { folder, context });
  } catch (error) {
    const best = run && (await leave(error, request, { run, folder }).catch(() => []));
    throw explainFailure(error, {
      output,
      ...standing,
      steps: run?.steps,
      dataset: run?.model.dataset,
      best: best ?? [],
    });
  } finally {
    await folder.close();
    if (run?.trained) disposeTree(run.trained);
    if (run) disposeTree(run.base);
  }
}

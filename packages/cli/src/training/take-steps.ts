import { type ModelParameters, splitParameters } from '@sofd/model';
import { disposeTree } from '@sofd/tensor';
import { type RunState, type StepRecord, type TrainOptions, train } from '@sofd/trainer';
import { openTensorBoardLog, type RunFolder, type TensorBoardLog } from '@sofd/trainer/node';
import type { CommandContext } from '../command-context.js';
import { createEvaluate } from './evaluate-validation.js';
import type { PreparedRun } from './prepare-run.js';
import { createStepDisplay } from './run-display.js';
import { readRecords } from './training-report.js';

/** Options of `train` by the experiment and its overrides. */
function resolveOptions({ model, steps, schedule, weighting, base }: PreparedRun): TrainOptions {
  const { file, graph, config, data } = model;
  const { experiment, overrides } = file;
  const { seed, trainable, learningRate, weightDecay, accumulate, clipNorm, emaDecay, earlyStop } = experiment;
  const { validateEvery, saveEvery, keepBest, monitor } = experiment;
  const evaluate = createEvaluate({ graph, overrides, monitor });
  return {
    ...{ config, graph, training: data.training, heldOut: data.heldOut, initial: base },
    ...{ steps, trainable, learningRate, weightDecay, accumulate, schedule, weighting, seed, saveEvery, keepBest },
    validation: { set: data.validation, every: validateEvery, evaluate, monitor },
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(emaDecay === undefined ? {} : { emaDecay }),
    ...(earlyStop === undefined ? {} : { earlyStop }),
    ...(overrides.loss === undefined ? {} : { loss: overrides.loss }),
  };
}

/** The log of a run, with all steps before the state in it. */
async function openBoard(output: string, state: RunState | null): Promise<TensorBoardLog> {
  const board = await openTensorBoardLog(output, { resumeFrom: state?.step ?? 0 });
  for (const record of await readRecords(output)) if (record.step > board.lastStep) board.append(record);
  return board;
}

/**
 * Takes the steps of a run that are left, and keeps what they give in its folder.
 *
 * @param run - from `prepareRun`; its data are closed afterwards, but for the validation rows
 * @param keeping - `standing` is told of the state that was saved last
 * @returns the trained parameters; the caller disposes of them
 */
export async function takeSteps(
  run: PreparedRun,
  {
    output,
    folder,
    state,
    context,
    standing,
  }: {
    readonly output: string;
    readonly folder: RunFolder;
    readonly state: RunState | null;
    readonly context: CommandContext;
    readonly standing: { saved: number | null };
  },
): Promise<ModelParameters> {
  const { steps, model } = run;
  const { name, monitor } = model.file.experiment;
  const board = await openBoard(output, state);
  const show = createStepDisplay(context, { name, steps, monitor });
  try {
    const training = train({
      ...resolveOptions(run),
      signal: context.signal,
      onStep(record: StepRecord) {
        folder.record(record);
        board.append(record);
        show(record);
      },
      async save(saved) {
        await board.flush();
        await folder.save(saved);
        standing.saved = saved.step;
      },
      saveBest: folder.saveBest,
      ...(state === null ? {} : { resumeFrom: state }),
    });
    // It holds its own; what trains would lie in memory twice.
    disposeTree(splitParameters(model.config, run.base, model.file.experiment.trainable).trainable);
    const { params } = await training;
    return params;
  } finally {
    await model.data.close();
    await board.close();
  }
}

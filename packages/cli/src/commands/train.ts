import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { computeMarginals, type LabelGraph } from '@sofd/core';
import { type FolderDataset, openDataset } from '@sofd/dataset/node';
import { computeAuc } from '@sofd/evaluation';
import { buildCheckpoint, type Checkpoint, type ModelParameters } from '@sofd/model';
import { writeCheckpointFolder } from '@sofd/model/node';
import { disposeTree, flattenTree } from '@sofd/tensor';
import {
  type Experiment,
  resolveExperiment,
  train as runTraining,
  type StepRecord,
  type TrainResult,
} from '@sofd/trainer';
import { openRunFolder } from '@sofd/trainer/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { activateEngine } from '../engine.js';
import { describeModelInput } from '../model-input.js';
import { assertSameGraph } from '../same-graph.js';
import { type ExperimentFile, readExperimentFile } from '../training/experiment-file.js';
import { computeSetLogits, fitDecision, primaryColumn } from '../training/fit-decision.js';
import { createInitialParameters, loadInitialCheckpoint } from '../training/initial-model.js';
import { prepareTrainingData, type TrainingData } from '../training/training-data.js';

/** Options of `sofd train`. */
export interface TrainCommandOptions extends CommonOptions {
  /** Experiment file: .json, .mjs or .ts. */
  readonly config: string;
  /** Run folder: checkpoint, state to resume from, metrics.jsonl. */
  readonly output: string;
  /** Continue the run that the output folder holds. @default false */
  readonly resume: boolean;
}

/** What `sofd train` did. */
export interface TrainSummary {
  readonly engine: string;
  readonly steps: number;
  readonly validationAuc: number | null;
  readonly losses: StepRecord['losses'];
  readonly taskWeights: Readonly<Record<string, number>>;
  readonly parameters: number;
}

const experimentFileName = 'experiment.json';

/** Opens the run folder; refuses to mix two experiments in it. */
async function openRun({ output, resume }: TrainCommandOptions, { experiment }: ExperimentFile) {
  const folder = await openRunFolder(output);
  const state = await folder.load();
  const text = `${JSON.stringify(experiment, null, 2)}\n`;
  if (state !== null && !resume)
    throw new CommandError(
      `train: expected an output folder without a run, ${output} holds one of ${state.step} steps; add --resume to continue it or choose another folder.`,
    );
  if (state !== null && (await readFile(join(output, experimentFileName), 'utf8')) !== text)
    throw new CommandError(
      `train: expected the experiment that ${output} was started with (its ${experimentFileName}), got another; resume with that one or choose another folder.`,
    );
  await writeFile(join(output, experimentFileName), text);
  return { folder, resumeFrom: state };
}

const countParameters = (params: ModelParameters): number =>
  [...flattenTree(params).values()].reduce((sum, tensor) => sum + tensor.size, 0);

const formatNumbers = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(', ');

function createStepDisplay({ log, progress }: CommandContext, { steps, name }: Experiment) {
  return (record: StepRecord) => {
    const { step, losses, taskWeights, validationAuc } = record;
    progress({ stage: `training ${name}`, done: step, total: steps, note: `loss ${losses.primary.toFixed(4)}` });
    if (validationAuc !== undefined)
      log(
        `  step ${String(step).padStart(4)}: loss ${formatNumbers(losses)}; weight ${formatNumbers(taskWeights)}; validation AUC ${validationAuc.toFixed(3)}`,
      );
  };
}

const validationAuc =
  (graph: LabelGraph) =>
  (logits: Float32Array, { targets }: { readonly targets: Float32Array }): number =>
    computeAuc(primaryColumn(graph, targets), primaryColumn(graph, computeMarginals(graph, logits)));

/** Calibrates on the validation people and writes the checkpoint into the run folder. */
async function writeRunCheckpoint(
  output: string,
  {
    file,
    checkpoint,
    dataset,
    data,
    result,
    engine,
  }: {
    file: ExperimentFile;
    checkpoint: Checkpoint | undefined;
    dataset: FolderDataset;
    data: TrainingData;
    result: TrainResult;
    engine: string;
  },
): Promise<void> {
  const { experiment } = file;
  const { graph, config } = resolveExperiment(experiment, checkpoint);
  const { params } = result;
  const logits = await computeSetLogits({ config, graph, params }, data.validation);
  const last = result.history.at(-1)!;
  const { files } = await buildCheckpoint({
    name: experiment.name,
    graph,
    config,
    params,
    input: describeModelInput(config),
    ...fitDecision(graph, data.validation, logits),
    licence: file.data.licence,
    training: {
      experiment,
      ...(checkpoint === undefined
        ? {}
        : { initialCheckpoint: { name: checkpoint.manifest.name, sha256: checkpoint.manifest.weights.sha256 } }),
      engine,
      dataset: { digest: dataset.info.digest, rows: dataset.rows.length },
      steps: last.step,
      losses: last.losses,
      taskWeights: last.taskWeights,
      validationAuc: last.validationAuc ?? null,
    },
  });
  await writeCheckpointFolder(output, files);
}

/** Trains a model as an experiment file says; the output folder is a checkpoint and can be resumed. */
export async function train(options: TrainCommandOptions, context: CommandContext): Promise<TrainSummary> {
  const file = await readExperimentFile(options.config);
  const { experiment } = file;
  const checkpoint = await loadInitialCheckpoint(file);
  const { graph, config, weighting, schedule } = resolveExperiment(experiment, checkpoint);
  const dataset = await openDataset(file.data.folder);
  assertSameGraph(graph, dataset.graph, 'train');
  const { folder, resumeFrom } = await openRun(options, file);
  const { name: engine } = await activateEngine(options.engine);
  const { batchSize, seed, steps, trainable, learningRate, weightDecay, validateEvery, saveEvery } = experiment;
  const initial = await createInitialParameters(config, { seed, checkpoint, log: context.log });
  const data = await prepareTrainingData(
    dataset,
    {
      config,
      params: initial,
      isTrained: checkpoint !== undefined,
      batchSize,
      heldOut: file.data.heldOut,
      seed,
    },
    context,
  );
  const result = await runTraining({
    config,
    graph,
    training: data.training,
    heldOut: data.heldOut,
    validation: { set: data.validation, every: validateEvery, evaluate: validationAuc(graph) },
    initial: data.params,
    steps,
    trainable,
    learningRate,
    weightDecay,
    schedule,
    weighting,
    seed,
    onStep: createStepDisplay(context, experiment),
    signal: context.signal,
    saveEvery,
    save: folder.save,
    ...(resumeFrom === null ? {} : { resumeFrom }),
  });
  await writeRunCheckpoint(options.output, { file, checkpoint, dataset, data, result, engine });
  const last = result.history.at(-1)!;
  const parameters = countParameters(result.params);
  disposeTree(result.params);
  disposeTree(data.params);
  context.log(
    `${last.step} steps on ${engine}; loss ${formatNumbers(last.losses)}; validation AUC ${last.validationAuc?.toFixed(3) ?? 'not measured'}.`,
  );
  return {
    engine,
    steps: last.step,
    validationAuc: last.validationAuc ?? null,
    losses: last.losses,
    taskWeights: result.taskWeights,
    parameters,
  };
}

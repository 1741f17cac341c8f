import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabelGraph } from '@sofd/core';
import type { FolderDataset } from '@sofd/dataset/node';
import {
  buildCheckpoint,
  type Checkpoint,
  joinParameters,
  type ModelConfig,
  type ModelParameters,
  splitParameters,
} from '@sofd/model';
import { writeCheckpointFolder } from '@sofd/model/node';
import { disposeTree, tensorFrom } from '@sofd/tensor';
import type { BestParameters, StepRecord } from '@sofd/trainer';
import { describeModelInput } from '../model-input.js';
import type { ExperimentFile } from './experiment-file.js';
import { computeSetLogits, fitDecision } from './fit-decision.js';
import type { TrainingData } from './training-data.js';

/** What all checkpoints of a run have in common. */
export interface RunModel {
  readonly file: ExperimentFile;
  readonly graph: LabelGraph;
  readonly config: ModelConfig;
  readonly checkpoint: Checkpoint | undefined;
  readonly dataset: FolderDataset;
  readonly data: TrainingData;
  readonly engine: string;
}

/** The folder of a checkpoint that was among the best, inside of a run folder. */
const bestFolder = (output: string, step: number): string =>
  join(output, 'best', `step-${String(step).padStart(6, '0')}`);

/** Calibrates on the validation people and writes a checkpoint of the parameters after a step. */
export async function writeRunCheckpoint(
  folder: string,
  params: ModelParameters,
  { model, record }: { readonly model: RunModel; readonly record: StepRecord },
): Promise<void> {
  const { file, graph, config, checkpoint, dataset, data, engine } = model;
  const { experiment } = file;
  const logits = await computeSetLogits({ config, graph, params }, data.validation);
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
      steps: record.step,
      losses: record.losses,
      taskWeights: record.taskWeights,
      validation: record.validation ?? null,
    },
  });
  await writeCheckpointFolder(folder, files);
}

/**
 * Writes a checkpoint folder for each of the best parameters of a run.
 *
 * @param output - run folder
 * @param best - from the run folder
 * @param model - what they share; `base` has the parameters that do not train
 * @returns the folders, the best first
 */
export async function writeBestCheckpoints(
  output: string,
  best: readonly BestParameters[],
  {
    model,
    base,
    records,
  }: { readonly model: RunModel; readonly base: ModelParameters; readonly records: readonly StepRecord[] },
): Promise<readonly string[]> {
  const { frozen } = splitParameters(model.config, base, model.file.experiment.trainable);
  const folders: string[] = [];
  for (const { validation, trainable } of best) {
    const folder = bestFolder(output, validation.step);
    const own = Object.fromEntries(
      Object.entries(trainable).map(([name, { shape, data }]) => [name, tensorFrom(data, shape)]),
    );
    const record = records.find(({ step }) => step === validation.step)!;
    await rm(folder, { recursive: true, force: true });
    await writeRunCheckpoint(folder, joinParameters(model.config, frozen, own), { model, record });
    disposeTree(own);
    folders.push(folder);
  }
  return folders;
}

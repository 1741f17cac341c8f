import type { Batch, BatchSource, DatasetRow } from '@sofd/core';
import { type Dataset, splitByIdentity } from '@sofd/dataset';
import { createBatchSource, type FolderDataset, loadSplit } from '@sofd/dataset/node';
import {
  computeFeatureSet,
  fitFeatureStatistics,
  type ModelConfig,
  type ModelParameters,
  visionEncoderOf,
} from '@sofd/model';
import { createArraySource } from '@sofd/trainer';
import type { CommandContext } from '../command-context.js';

/** What a run trains on, judges its task weights by and measures itself with. */
export interface TrainingData {
  readonly training: BatchSource;
  readonly heldOut: BatchSource;
  /** Whole validation split: images, or features where the encoder has a frozen part. */
  readonly validation: Batch & { readonly rows: readonly DatasetRow[] };
  /** Parameters to start from, with statistics of features in them: those of the training people, unless the model came with its own. */
  readonly params: ModelParameters;
}

/** What {@link prepareTrainingData} needs. */
export interface TrainingDataOptions {
  readonly config: ModelConfig;
  readonly params: ModelParameters;
  /** The parameters are a trained model's, whose statistics of features hold. */
  readonly isTrained: boolean;
  readonly batchSize: number;
  readonly heldOut: number;
  readonly seed: number | string;
}

/** Images computed at once where features are cached. */
const chunkSize = 64;

const withRows = (dataset: Dataset, rows: readonly DatasetRow[]): Dataset => ({
  ...dataset,
  rows,
  split: (name) => rows.filter(({ split }) => split === name),
});

/** Parts the training people: those trained on, and those by whom the task weights are judged. */
function holdOutPeople(dataset: Dataset, { heldOut, seed }: TrainingDataOptions): { trained: Dataset; held: Dataset } {
  const rows = dataset.split('train');
  const parts = splitByIdentity(
    rows.map(({ identity }) => identity),
    { seed: `held-out/${seed}`, fractions: { train: 1 - heldOut, validation: heldOut, test: 0 } },
  );
  const take = (part: string) =>
    withRows(
      dataset,
      rows.filter(({ identity }) => parts.get(identity) === part),
    );
  return { trained: take('train'), held: take('validation') };
}

/** Features of rows, computed a chunk of images at a time so that memory does not grow with the data set. */
async function loadFeatures(
  dataset: Dataset,
  rows: readonly DatasetRow[],
  { options, context, stage }: { options: TrainingDataOptions; context: CommandContext; stage: string },
): Promise<Batch & { readonly rows: readonly DatasetRow[] }> {
  const { config, params } = options;
  const { imageSize, normalization } = visionEncoderOf(config);
  const chunks: Batch[] = [];
  for (let start = 0; start < rows.length; start += chunkSize) {
    context.signal.throwIfAborted();
    const part = rows.slice(start, start + chunkSize);
    const images = await loadSplit(withRows(dataset, part), part[0]!.split, { imageSize, ...normalization });
    chunks.push(await computeFeatureSet(config, params, images));
    context.progress({ stage, done: Math.min(rows.length, start + chunkSize), total: rows.length });
  }
  const join = (select: (chunk: Batch) => Float32Array): Float32Array => {
    const joined = new Float32Array(chunks.reduce((length, chunk) => length + select(chunk).length, 0));
    let offset = 0;
    for (const chunk of chunks) {
      joined.set(select(chunk), offset);
      offset += select(chunk).length;
    }
    return joined;
  };
  return {
    images: join(({ images }) => images),
    targets: join(({ targets }) => targets),
    ids: chunks.flatMap(({ ids }) => ids),
    size: rows.length,
    imageSize: chunks[0]!.imageSize,
    rows,
  };
}

/** An encoder with a frozen part: its features are computed once an image and kept. */
async function prepareFeatures(
  dataset: FolderDataset,
  options: TrainingDataOptions,
  context: CommandContext,
): Promise<TrainingData> {
  const { config, params, isTrained, batchSize, seed } = options;
  const { trained, held } = holdOutPeople(dataset, options);
  const load = (rows: readonly DatasetRow[], stage: string) =>
    loadFeatures(dataset, rows, { options, context, stage: `features, ${stage}` });
  const trainingSet = await load(trained.rows, 'training');
  const heldSet = await load(held.rows, 'held out');
  const validation = await load(dataset.split('validation'), 'validation');
  return {
    training: createArraySource(trainingSet, { batchSize, seed, balanced: true }),
    heldOut: createArraySource(heldSet, { batchSize, seed: `held-out/${seed}`, balanced: true }),
    validation,
    params: isTrained ? params : fitFeatureStatistics(config, params, trainingSet.images),
  };
}

/** An encoder that trains whole: batches of images are read as they are needed. */
async function prepareImages(dataset: FolderDataset, options: TrainingDataOptions): Promise<TrainingData> {
  const { config, batchSize, seed, params } = options;
  const { imageSize, normalization } = visionEncoderOf(config);
  const { trained, held } = holdOutPeople(dataset, options);
  const input = { imageSize, ...normalization };
  return {
    training: createBatchSource(trained, { split: 'train', batchSize, seed, augment: true, ...input }),
    heldOut: createBatchSource(held, { split: 'train', batchSize, seed: `held-out/${seed}`, ...input }),
    validation: await loadSplit(dataset, 'validation', input),
    params,
  };
}

/**
 * Makes the batches of a run. Nobody is in two parts: people of the training split are trained on or judge the task
 * weights; the people of the validation split measure and calibrate.
 *
 * @param dataset - opened data set
 * @param options - model, its initial parameters, batch size, share held out, seed
 * @throws {DatasetError} when a part would lack real or fake images
 */
export const prepareTrainingData = (
  dataset: FolderDataset,
  options: TrainingDataOptions,
  context: CommandContext,
): Promise<TrainingData> =>
  visionEncoderOf(options.config).freeze === undefined
    ? prepareImages(dataset, options)
    : prepareFeatures(dataset, options, context);

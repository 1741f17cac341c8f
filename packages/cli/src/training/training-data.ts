import { type Batch, type BatchSource, type DatasetRow, InvalidOptionError } from '@sofd/core';
import { type Dataset, splitByIdentity } from '@sofd/dataset';
import {
  type AugmentationName,
  createBatchSource,
  createBatchWorkers,
  type FolderDataset,
  loadSplit,
} from '@sofd/dataset/node';
import {
  computeFeatureSet,
  fitFeatureStatistics,
  type ModelConfig,
  type ModelParameters,
  visionEncoderOf,
} from '@sofd/model';
import { createArraySource, prefetchBatches } from '@sofd/trainer';
import type { CommandContext } from '../command-context.js';

/** What a run trains on, judges its task weights by and measures itself with. */
export interface TrainingData {
  readonly training: BatchSource;
  readonly heldOut: BatchSource;
  /** Whole validation split: images, or features where the encoder has a frozen part. */
  readonly validation: Batch & { readonly rows: readonly DatasetRow[] };
  /** Parameters to start from, with statistics of features in them: those of the training people, unless the model came with its own. */
  readonly params: ModelParameters;
  /** Ends what reads batches ahead, and says how long training waited for it. The validation split stays. */
  close(): Promise<void>;
}

/** What {@link prepareTrainingData} needs. */
export interface TrainingDataOptions {
  /** The data set's folder. */
  readonly folder: string;
  readonly config: ModelConfig;
  readonly params: ModelParameters;
  /** The parameters are a trained model's, whose statistics of features hold. */
  readonly isTrained: boolean;
  readonly batchSize: number;
  /** Share of the training people who are held out; or the training list in another order, as the released code does. */
  readonly heldOut: number | 'reshuffle';
  readonly seed: number | string;
  /** What training images go through; `tone` where not given. */
  readonly augment?: AugmentationName | undefined;
  /** Threads that make the batches of images; one a core but one where not given, 0 for none. */
  readonly workers?: number | undefined;
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
  if (heldOut === 'reshuffle') return { trained: withRows(dataset, rows), held: withRows(dataset, rows) };
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
  const { config, params, isTrained, batchSize, seed, augment = 'none' } = options;
  if (augment !== 'none')
    throw new InvalidOptionError(
      `train: expected no data.augment with a model whose stem is frozen, got ${augment}; its features are computed once an image. Leave it out.`,
    );
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
    close: async () => {},
  };
}

/** An encoder that trains whole: batches of images are made by threads, ahead of the step that needs them. */
async function prepareImages(
  dataset: FolderDataset,
  options: TrainingDataOptions,
  context: CommandContext,
): Promise<TrainingData> {
  const { config, batchSize, seed, params, folder, augment = 'tone', workers } = options;
  const { imageSize, normalization } = visionEncoderOf(config);
  const { trained, held } = holdOutPeople(dataset, options);
  const input = { imageSize, ...normalization };
  const loader = createBatchWorkers(folder, workers === undefined ? {} : { workers });
  const common = { split: 'train', batchSize, loader, ...input } as const;
  const { signal } = context;
  const ahead = Math.max(1, 2 * loader.workers);
  const training = prefetchBatches(createBatchSource(trained, { ...common, seed, augment }), { ahead, signal });
  const heldOut = prefetchBatches(createBatchSource(held, { ...common, seed: `held-out/${seed}` }), { ahead, signal });
  return {
    training,
    heldOut,
    validation: await loadSplit(dataset, 'validation', input),
    params,
    async close() {
      const { batches, waited, seconds } = training.waits;
      for (const source of [training, heldOut]) source.dispose();
      await loader.close();
      context.log(
        `${batches} training batches by ${loader.workers} threads beside the main one; ${waited} of them were waited for, ${seconds.toFixed(2)} s in all.`,
      );
    },
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
    ? prepareImages(dataset, options, context)
    : prepareFeatures(dataset, options, context);

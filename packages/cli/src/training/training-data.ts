import { type Batch, type BatchSource, DatasetError, type DatasetRow, InvalidOptionError } from '@sofd/core';
import { type Dataset, splitByIdentity } from '@sofd/dataset';
import {
  type AugmentationName,
  createBatchSource,
  createBatchWorkers,
  type FolderDataset,
  loadSplit,
} from '@sofd/dataset/node';
import { fitFeatureStatistics, type ModelConfig, type ModelParameters, visionEncoderOf } from '@sofd/model';
import { createArraySource, prefetchBatches } from '@sofd/trainer';
import type { CommandContext } from '../command-context.js';
import { type FeatureStoreOptions, loadFeatures } from './feature-store.js';

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
  /** Where features of a frozen stem are kept, and the engine that computes them. */
  readonly features: Pick<FeatureStoreOptions, 'engine' | 'output'>;
  /** Threads that make the batches of images; one a core but one where not given, 0 for none. */
  readonly workers?: number | undefined;
}

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

type LoadedFeatures = Batch & { readonly rows: readonly DatasetRow[] };

/** Some rows with their features. */
function selectFeatures(features: ReadonlyMap<string, Float32Array>, rows: readonly DatasetRow[]): LoadedFeatures {
  if (rows.length === 0)
    throw new DatasetError(
      'train: expected people to train on, to hold out and to validate with, got a part without any; expand more people.',
    );
  const width = features.get(rows[0]!.id)!.length;
  const images = new Float32Array(rows.length * width);
  for (const [i, { id }] of rows.entries()) images.set(features.get(id)!, i * width);
  return {
    images,
    targets: Float32Array.from(rows.flatMap(({ targets }) => targets)),
    ids: rows.map(({ id }) => id),
    size: rows.length,
    imageSize: 0,
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
  const rows = dataset.rows.filter(({ split }) => split !== 'test');
  const features = await loadFeatures(dataset, rows, { store: { ...options.features, config, params }, context });
  const [trainingSet, heldSet, validation] = [trained.rows, held.rows, dataset.split('validation')].map((part) =>
    selectFeatures(features, part),
  ) as [LoadedFeatures, LoadedFeatures, LoadedFeatures];
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

import { type Batch, type LabelGraph, ShapeMismatchError } from '@sofd/core';
import {
  computeLogits,
  computeMarginalPairOnDevice,
  countFeatureValues,
  encodeFeatures,
  encodeTexts,
  type FlatParameters,
  freezeImages,
  joinParameters,
  type ModelConfig,
  type ModelParameters,
  type TokenBatch,
  tokenizePrompts,
  visionEncoderOf,
} from '@sofd/model';
import { type Tensor, tensorFrom, tidy } from '@sofd/tensor';
import { computeTaskLosses, type TaskLosses } from '../loss/fidelity-loss.js';
import { createObjective, type TaskObjective } from '../objective/objective.js';

/** A batch on the engine, with all that is frozen already computed. */
export interface DeviceBatch {
  /** [size, ...featureShape] */
  readonly features: Tensor;
  /** [size, labels] */
  readonly targets: Tensor;
  readonly ids: readonly string[];
}

/** The features of a batch: computed from its images, or as they are where the batch holds features (imageSize 0). */
function toFeatures(config: ModelConfig, params: ModelParameters, { images, size, imageSize }: Batch): Tensor {
  const encoder = visionEncoderOf(config);
  const isImages = imageSize !== 0;
  const side = encoder.imageSize;
  const expected = size * (isImages ? side * side * 3 : countFeatureValues(config));
  if (images.length !== expected || (isImages && imageSize !== side)) {
    throw new ShapeMismatchError(
      `train: expected ${size} ${isImages ? `images of ${side}x${side}` : 'rows of features'} in a batch, ${expected} numbers, got ${images.length}${isImages ? ` for images of ${imageSize}x${imageSize}` : ''}; prepare the batches for this model.`,
    );
  }
  if (!isImages) return tensorFrom(images, [size, ...encoder.featureShape]);
  return tidy(() => freezeImages(config, params, tensorFrom(images, [size, side, side, 3]))); // [size, ...featureShape]
}

/**
 * Puts a batch on the engine.
 *
 * @param config - the model
 * @param params - its parameters, of which the frozen ones are used
 * @param batch - images, or features where `imageSize` is 0
 * @returns tensors that the caller disposes of
 * @throws ShapeMismatchError for a batch that was made for another model
 */
export function toDevice(config: ModelConfig, params: ModelParameters, batch: Batch): DeviceBatch {
  const features = toFeatures(config, params, batch);
  const targets = tensorFrom(batch.targets, [batch.size, batch.targets.length / batch.size]);
  return { features, targets, ids: batch.ids };
}

/** Frees a batch's tensors. */
export function disposeBatch({ features, targets }: DeviceBatch): void {
  features.dispose();
  targets.dispose();
}

/** The model of a run: logits and losses as functions of the parameters that train. */
export interface TrainedModel {
  /** The task losses on a batch that comes in one or several parts. */
  objectiveOn(parts: readonly DeviceBatch[]): TaskObjective;
  /** Logits of features; [size, labels]. */
  logits(trainable: FlatParameters, features: Tensor): Tensor;
}

/**
 * Binds a model to a graph and to its frozen parameters. The text encoder runs once a pass, the image features serve
 * all tasks.
 *
 * @param config - the model
 * @param graph - the label graph
 * @param options - the parameters that do not train, token ids of the prompts, the losses
 */
export function bindModel(
  config: ModelConfig,
  graph: LabelGraph,
  options: {
    readonly frozen: FlatParameters;
    readonly tokens?: TokenBatch | undefined;
    readonly loss?: TaskLosses | undefined;
  },
): TrainedModel {
  const { frozen, tokens = tokenizePrompts(config, graph), loss = computeTaskLosses } = options;
  const logits = (trainable: FlatParameters, features: Tensor): Tensor => {
    const params = joinParameters(config, frozen, trainable);
    const text = encodeTexts(config, params, tokens); // [labels, embedDim]
    return computeLogits(config, params, { image: encodeFeatures(config, params, features), text }); // [size, labels]
  };
  return {
    logits: (trainable, features) => tidy(() => logits(trainable, features)),
    objectiveOn: (parts) =>
      createObjective(
        parts.map(({ features, targets }) => (trainable) => {
          const given = logits(trainable, features);
          return loss(graph, { ...computeMarginalPairOnDevice(graph, given), logits: given }, targets);
        }),
      ),
  };
}

import { KnownAnswerError, ShapeMismatchError } from '@sofd/core';
import {
  disposeTree,
  freezeParameters,
  type ParameterTree,
  readTensor,
  type Tensor,
  tensorFrom,
  tidy,
} from '@sofd/tensor';
import { computeLogits, visionEncoderOf } from '../encode.js';
import { headSpecs } from '../joint-head/joint-head.js';
import { buildTree } from '../parameters/parameter-spec.js';
import type { WeightArrays } from '../parameters/weight-arrays.js';
import type { Checkpoint } from './checkpoint.js';

/** A model on the active engine, for inference. */
export interface Predictor {
  /**
   * The logits of some images.
   *
   * @param images - [count, imageSize, imageSize, 3], normalised as `manifest.input` says
   * @param count - how many images
   * @returns logits [count, labels], row-major
   * @throws ShapeMismatchError when `images` has another length
   */
  predict(images: Float32Array, count: number): Promise<{ readonly logits: Float32Array }>;
  /**
   * Repeats the checkpoint's known answer on this engine.
   *
   * @returns the greatest difference between a logit here and there
   * @throws KnownAnswerError where it exceeds the manifest's tolerance: the engine computes something else
   */
  checkKnownAnswer(): Promise<{ readonly maxDifference: number }>;
  /** Frees the engine's memory. */
  dispose(): void;
}

/** Options of {@link createPredictor}. */
export interface PredictorOptions {
  /** Images computed at once. */
  readonly batchSize?: number;
}

interface LoadedModel extends ParameterTree {
  readonly vision: ParameterTree;
  readonly head: ParameterTree;
  readonly text: Tensor;
}

function loadModel({ config, manifest, tensors }: Checkpoint): LoadedModel {
  const take = (weights: WeightArrays, name: string) => tensorFrom(weights[name]!.data, weights[name]!.shape);
  const model = {
    vision: buildTree(visionEncoderOf(config).specs, (name) => take(tensors, `vision.${name}`)),
    head: buildTree(headSpecs(config.preset), (name) => take(tensors, `head.${name}`)),
    text: take(tensors, manifest.textEmbeddings.tensor),
  };
  freezeParameters(model);
  return model;
}

/**
 * Puts a checkpoint's vision encoder and text embeddings on the active engine; the text encoder is not needed.
 *
 * @param checkpoint - from `loadCheckpoint`
 * @param options - `batchSize`, 16 by default
 * @returns a predictor; dispose of it when it is no longer needed
 * @example
 * ```ts
 * const predictor = createPredictor(await loadCheckpoint(source));
 * const { maxDifference } = await predictor.checkKnownAnswer();
 * const { logits } = await predictor.predict(images, 2);
 * predictor.dispose();
 * ```
 */
export function createPredictor(checkpoint: Checkpoint, { batchSize = 16 }: PredictorOptions = {}): Predictor {
  const { config, graph, manifest, tensors } = checkpoint;
  const encoder = visionEncoderOf(config);
  const { imageSize } = encoder;
  const pixels = imageSize ** 2 * 3;
  const labels = graph.labels.length;
  const model = loadModel(checkpoint);

  const run = (chunk: Float32Array, size: number): Tensor =>
    tidy(() => {
      const images = tensorFrom(chunk, [size, imageSize, imageSize, 3]);
      const features = encoder.freeze?.(model.vision, images) ?? images; // [size, ...featureShape]
      return computeLogits(config, model, { image: encoder.encode(model.vision, features), text: model.text }); // [size, labels]
    });

  const predict: Predictor['predict'] = async (images, count) => {
    if (images.length !== count * pixels) {
      throw new ShapeMismatchError(
        `predict: expected ${count} images of ${imageSize}x${imageSize}x3, ${count * pixels} numbers, got ${images.length}; resize the images to the model's input.`,
      );
    }
    const logits = new Float32Array(count * labels);
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      const result = run(images.subarray(start * pixels, (start + size) * pixels), size);
      logits.set(await readTensor(result), start * labels);
      result.dispose();
    }
    return { logits };
  };

  return {
    predict,
    async checkKnownAnswer() {
      const { input, logits: expected, tolerance } = manifest.knownAnswer;
      const { logits } = await predict(tensors[input.tensor]!.data, 1);
      const differences = expected.map((logit, label) => Math.abs(logit - logits[label]!));
      // A comparison that NaN fails too.
      if (differences.every((difference) => difference <= tolerance))
        return { maxDifference: Math.max(...differences) };
      throw new KnownAnswerError(
        `checkKnownAnswer: expected the logits ${expected.join(', ')} within ${tolerance}, got ${[...logits].join(', ')}; this engine computes the model wrongly, choose another.`,
      );
    },
    dispose: () => disposeTree(model),
  };
}

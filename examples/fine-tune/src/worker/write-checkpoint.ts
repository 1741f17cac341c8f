import { type CheckpointManifest, computeCalibratedMarginals, computeMarginals } from '@sofd/core';
import { chooseLabelThresholds, chooseVerdictThresholds, fitPlattCalibration } from '@sofd/evaluation';
import {
  buildCheckpoint,
  type CheckpointFiles,
  computeLogits,
  encodeFeatures,
  encodeTexts,
  loadCheckpoint,
  type ModelParameters,
  memoryCheckpoint,
  tokenizePrompts,
  visionEncoderOf,
} from '@sofd/model';
import { readTensor, tensorFrom, tidy } from '@sofd/tensor';
import type { TrainResult } from '@sofd/trainer';
import type { Score } from '../messages.js';
import { settings } from './fine-tune.js';
import { type Prepared, predict } from './prepare.js';

/** Share of real held-out faces that may be called altered, and of altered ones that may be called real. */
const errorBudget = 0.1;

/** Logits [faces, labels] of the held-out faces by parameters that are in no checkpoint yet. */
async function computeHeldOutLogits({ checkpoint, heldOut }: Prepared, params: ModelParameters): Promise<Float32Array> {
  const { config, graph } = checkpoint;
  const { images, size } = heldOut.features;
  const logits = tidy(() => {
    const features = tensorFrom(images, [size, ...visionEncoderOf(config).featureShape]);
    const text = encodeTexts(config, params, tokenizePrompts(config, graph)); // [labels, embedDim]
    return computeLogits(config, params, { image: encodeFeatures(config, params, features), text }); // [size, labels]
  });
  const values = Float32Array.from(await readTensor(logits));
  logits.dispose();
  return values;
}

/** The first of every `width` numbers: the primary label comes first. */
const firstColumn = (table: Float32Array | Float64Array, width: number): number[] =>
  [...table].filter((_, index) => index % width === 0);

/** Scale and thresholds of the scores, fitted on the held-out faces as `sofd train` does. */
function fitDecision(
  { checkpoint: { graph }, heldOut: { features } }: Prepared,
  logits: Float32Array,
): Pick<CheckpointManifest, 'calibration' | 'thresholds'> {
  const width = graph.labels.length;
  const labels = firstColumn(features.targets, width);
  const calibration = fitPlattCalibration(labels, firstColumn(computeMarginals(graph, logits), width));
  const marginals = computeCalibratedMarginals(graph, logits, calibration);
  const probabilities = firstColumn(marginals, width);
  return {
    calibration,
    thresholds: {
      ...chooseVerdictThresholds({ labels, probabilities, targetFpr: errorBudget }),
      labels: chooseLabelThresholds({ graph, targets: features.targets, marginals }),
    },
  };
}

/** The files of a checkpoint that `createDetector` and `sofd detect` load. */
export async function writeCheckpoint(prepared: Prepared, result: TrainResult): Promise<CheckpointFiles> {
  const { checkpoint, training, heldOut, engine } = prepared;
  const { manifest, graph, config } = checkpoint;
  const { params, step, taskWeights } = result;
  const { files } = await buildCheckpoint({
    name: `${manifest.name}-fine-tuned`,
    graph,
    config,
    params,
    input: manifest.input,
    ...fitDecision(prepared, await computeHeldOutLogits(prepared, params)),
    licence: { ...manifest.licence, data: `${manifest.licence.data}; and the photographs it was fine-tuned on` },
    training: {
      initialCheckpoint: { name: manifest.name, sha256: manifest.weights.sha256 },
      ...{ ...settings, steps: step, taskWeights, engine },
      faces: { training: training.faces.length, heldOut: heldOut.faces.length },
    },
  });
  return files;
}

/** Scores of the held-out faces by the checkpoint before and by the files that are downloaded. */
export async function scoreHeldOut({ checkpoint, heldOut }: Prepared, files: CheckpointFiles): Promise<Score[]> {
  const score = async (model: typeof checkpoint) => {
    const logits = await predict(model, heldOut.faces);
    const marginals = computeCalibratedMarginals(model.graph, logits, model.manifest.calibration);
    return firstColumn(marginals, model.graph.labels.length);
  };
  const before = await score(checkpoint);
  const after = await score(await loadCheckpoint(memoryCheckpoint({ ...files })));
  return heldOut.faces.map(({ id }, index) => ({ id, before: before[index]!, after: after[index]! }));
}

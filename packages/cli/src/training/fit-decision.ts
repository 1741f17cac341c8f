import {
  type Batch,
  type CheckpointManifest,
  computeCalibratedMarginals,
  computeMarginals,
  type LabelGraph,
} from '@sofd/core';
import { chooseLabelThresholds, chooseVerdictThresholds, fitPlattCalibration } from '@sofd/evaluation';
import {
  computeLogits,
  encodeFeatures,
  encodeTexts,
  type ModelConfig,
  type ModelParameters,
  tokenizePrompts,
  visionEncoderOf,
} from '@sofd/model';
import { readTensor, tensorFrom, tidy } from '@sofd/tensor';

/** How a checkpoint turns marginals into verdicts. */
export type Decision = Pick<CheckpointManifest, 'calibration' | 'thresholds'>;

/** Share of real validation faces that may be called fake, and of fakes that may be called real. */
const errorBudget = 0.1;

/** Rows computed at once. */
const chunkSize = 64;

/**
 * Logits of a set of images or features.
 *
 * @param model - configuration, graph and parameters
 * @param set - rows; `images` holds [size, ...featureShape]
 * @returns [size, labels], row-major
 */
export async function computeSetLogits(
  { config, graph, params }: { config: ModelConfig; graph: LabelGraph; params: ModelParameters },
  set: Batch,
): Promise<Float32Array> {
  const { featureShape } = visionEncoderOf(config);
  const width = set.images.length / set.size;
  const labels = graph.labels.length;
  const logits = new Float32Array(set.size * labels);
  const text = tidy(() => encodeTexts(config, params, tokenizePrompts(config, graph))); // [labels, embedDim]
  for (let start = 0; start < set.size; start += chunkSize) {
    const size = Math.min(chunkSize, set.size - start);
    const chunk = set.images.subarray(start * width, (start + size) * width);
    const result = tidy(() => {
      const image = encodeFeatures(config, params, tensorFrom(chunk, [size, ...featureShape])); // [size, embedDim]
      return computeLogits(config, params, { image, text }); // [size, labels]
    });
    logits.set(await readTensor(result), start * labels);
    result.dispose();
  }
  text.dispose();
  return logits;
}

/** The column of the primary label in a [rows, labels] table. */
const primaryColumn = (graph: LabelGraph, table: ArrayLike<number>): number[] =>
  Array.from(
    { length: table.length / graph.labels.length },
    (_, row) => table[row * graph.labels.length + graph.levels.primary.start]!,
  );

/**
 * Fits calibration and thresholds on people that training did not see.
 *
 * @param graph - label graph
 * @param set - validation rows
 * @param logits - [rows, labels] of those rows
 */
export function fitDecision(graph: LabelGraph, set: Batch, logits: Float32Array): Decision {
  const labels = primaryColumn(graph, set.targets);
  const calibration = fitPlattCalibration(labels, primaryColumn(graph, computeMarginals(graph, logits)));
  const marginals = computeCalibratedMarginals(graph, logits, calibration);
  return {
    calibration,
    thresholds: {
      ...chooseVerdictThresholds({
        labels,
        probabilities: primaryColumn(graph, marginals),
        targetFpr: errorBudget,
      }),
      labels: chooseLabelThresholds({ graph, targets: set.targets, marginals }),
    },
  };
}

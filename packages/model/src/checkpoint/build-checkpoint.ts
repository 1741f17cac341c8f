import {
  type CheckpointManifest,
  checkpointManifestSchema,
  type LabelGraph,
  parseOptions,
  type WeightPrecision,
} from '@sofd/core';
import { flattenTree, readTensor } from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import { visionEncoderOf } from '../encode.js';
import { type ModelParameters, modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import type { ReadParameter } from '../parameters/read-parameter.js';
import { version } from '../version.js';
import { extraTensors } from './checkpoint.js';
import { computeImageLogits, computeTextEmbeddings } from './compute-answers.js';
import { createKnownAnswerInput, knownAnswerTolerance } from './known-answer.js';
import { layOutWeights } from './lay-out-weights.js';
import { computeSha256 } from './sha256.js';

/** What a checkpoint is made of; see {@link CheckpointManifest} for the parts that go into it as they are. */
export interface CheckpointContents
  extends Pick<
    CheckpointManifest,
    'name' | 'input' | 'calibration' | 'thresholds' | 'licence' | 'training' | 'evaluation'
  > {
  readonly graph: LabelGraph;
  readonly config: ModelConfig;
  /** The trained parameters, which stay the caller's; or what reads each of them, for those that are not on the engine. */
  readonly params: ModelParameters | ReadParameter;
  /** How the weights are stored: shorter ones for inference, where what that changes is small enough. @default 'float32' */
  readonly precision?: WeightPrecision;
}

/** The files of a checkpoint folder. */
export interface CheckpointFiles {
  readonly 'model.safetensors': Uint8Array;
  readonly 'manifest.json': Uint8Array;
}

/** Reads the parameters of a model from the engine. */
function readFromEngine(params: ModelParameters): ReadParameter {
  const tensors = flattenTree(params);
  return async (name, target) => target.set(await readTensor(tensors.get(name)!));
}

/** Fills a file with the weights, text embeddings and known answer of a model. */
async function writeWeights({ graph, config, params, input, precision = 'float32' }: CheckpointContents) {
  const file = layOutWeights({ graph, config, precision });
  const { bytes, weights } = file;
  const read = typeof params === 'function' ? params : readFromEngine(params);
  for (const name of flattenSpecs(modelSpecs(config)).keys()) await read(name, weights[name]!.data);
  const image = createKnownAnswerInput({ ...input, imageSize: visionEncoderOf(config).imageSize });
  const question = { graph, config, weights, image };
  const textEmbeddings = await computeTextEmbeddings(question);
  const exact = await computeImageLogits(question, textEmbeddings);
  weights[extraTensors.knownAnswerInput]!.data.set(image);
  weights[extraTensors.textEmbeddings]!.data.set(textEmbeddings);
  if (precision === 'float32') return { bytes, logits: [...exact], stored: { precision } };
  const logits = await computeImageLogits({ ...question, weights: file.reduce() }, textEmbeddings);
  const difference = {
    maxLogitDifference: Math.max(...logits.map((logit, label) => Math.abs(logit - exact[label]!))),
    maxLogit: Math.max(...exact.map(Math.abs)),
  };
  return { bytes, logits: [...logits], stored: { precision, difference } };
}

/**
 * Makes a checkpoint that describes itself: weights, graph, configuration, text embeddings, and a known answer by which
 * a loader can tell whether its engine computes the same model.
 *
 * The weights are in memory once, in float32; beyond them there is one parameter while they are read, and one transformer
 * block on the engine while the known answer is computed.
 *
 * @param contents - the trained model and what is known of it
 * @returns the manifest, and the two files that hold everything
 * @throws InvalidOptionError where the manifest would not be valid, for instance a threshold above one, and for weights that
 * `precision` does not have, for instance beyond 65504 in float16
 * @example
 * ```ts
 * const { files } = await buildCheckpoint({ name: 'demo', graph, config, params, ...rest });
 * await writeCheckpointFolder('checkpoint', files); // from '@sofd/model/node'
 * ```
 */
export async function buildCheckpoint(
  contents: CheckpointContents,
): Promise<{ readonly manifest: CheckpointManifest; readonly files: CheckpointFiles }> {
  const { name, graph, config, input, calibration, thresholds, licence, training, evaluation } = contents;
  const { bytes, logits, stored } = await writeWeights(contents);
  const manifest: CheckpointManifest = {
    format: 'sofd-checkpoint',
    version: 1,
    name,
    createdBy: `@sofd/model ${version}`,
    labelGraph: graph.definition,
    model: config,
    textEmbeddings: { tensor: extraTensors.textEmbeddings },
    input,
    calibration,
    thresholds,
    licence,
    training,
    ...(evaluation === undefined ? {} : { evaluation }),
    weights: { file: 'model.safetensors', sha256: await computeSha256(bytes), bytes: bytes.length, ...stored },
    knownAnswer: { input: { tensor: extraTensors.knownAnswerInput }, logits, tolerance: knownAnswerTolerance(logits) },
  };
  parseOptions(checkpointManifestSchema, manifest, 'buildCheckpoint');
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, files: { 'model.safetensors': bytes, 'manifest.json': json } };
}

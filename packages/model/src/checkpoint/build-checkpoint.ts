import { type CheckpointManifest, checkpointManifestSchema, type LabelGraph, parseOptions } from '@sofd/core';
import { flattenTree, layOutSafetensors, readTensor } from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import { visionEncoderOf } from '../encode.js';
import { type ModelParameters, modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import type { ReadParameter } from '../parameters/read-parameter.js';
import { version } from '../version.js';
import { extraTensors } from './checkpoint.js';
import { computeAnswers } from './compute-answers.js';
import { createKnownAnswerInput, knownAnswerTolerance } from './known-answer.js';
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

/** A file with places for all tensors of a checkpoint: parameters, text embeddings, and the image of the known answer. */
function layOutWeights(graph: LabelGraph, config: ModelConfig) {
  const { imageSize } = visionEncoderOf(config);
  const specs = flattenSpecs(modelSpecs(config));
  const shapes: readonly (readonly [string, readonly number[]])[] = [
    ...[...specs].map(([name, { shape }]) => [name, shape] as const),
    [extraTensors.textEmbeddings, [graph.labels.length, config.embedDim]],
    [extraTensors.knownAnswerInput, [1, imageSize, imageSize, 3]],
  ];
  const infos = shapes.map(([name, shape]) => [name, { dtype: 'F32' as const, shape }] as const);
  return { ...layOutSafetensors(Object.fromEntries(infos)), names: [...specs.keys()] };
}

/**
 * Makes a checkpoint that describes itself: weights, graph, configuration, text embeddings, and a known answer by which
 * a loader can tell whether its engine computes the same model.
 *
 * The file is in memory once; beyond it there is one parameter while they are read, and one transformer block on the engine
 * while the known answer is computed.
 *
 * @param contents - the trained model and what is known of it
 * @returns the manifest, and the two files that hold everything
 * @throws InvalidOptionError where the manifest would not be valid, for instance a threshold above one
 * @example
 * ```ts
 * const { files } = await buildCheckpoint({ name: 'demo', graph, config, params, ...rest });
 * await writeCheckpointFolder('checkpoint', files); // from '@sofd/model/node'
 * ```
 */
export async function buildCheckpoint(
  contents: CheckpointContents,
): Promise<{ readonly manifest: CheckpointManifest; readonly files: CheckpointFiles }> {
  const { name, graph, config, params, input, calibration, thresholds, licence, training, evaluation } = contents;
  const { bytes, tensors, names } = layOutWeights(graph, config);
  const read = typeof params === 'function' ? params : readFromEngine(params);
  for (const name of names) await read(name, tensors[name]!.data);
  const image = createKnownAnswerInput({ ...input, imageSize: visionEncoderOf(config).imageSize });
  const answers = await computeAnswers({ graph, config, weights: tensors, image });
  tensors[extraTensors.knownAnswerInput]!.data.set(image);
  tensors[extraTensors.textEmbeddings]!.data.set(answers.textEmbeddings);
  const logits = [...answers.logits];
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
    weights: { file: 'model.safetensors', sha256: await computeSha256(bytes), bytes: bytes.length },
    knownAnswer: { input: { tensor: extraTensors.knownAnswerInput }, logits, tolerance: knownAnswerTolerance(logits) },
  };
  parseOptions(checkpointManifestSchema, manifest, 'buildCheckpoint');
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, files: { 'model.safetensors': bytes, 'manifest.json': json } };
}

import { type CheckpointManifest, checkpointManifestSchema, type LabelGraph, parseOptions } from '@sofd/core';
import {
  encodeSafetensors,
  flattenTree,
  readTensor,
  type SafetensorsTensor,
  type Tensor,
  tensorFrom,
  tidy,
} from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import { computeLogits, encodeImages, encodeTexts, visionEncoderOf } from '../encode.js';
import type { ModelParameters } from '../parameters/model-parameters.js';
import { tokenizePrompts } from '../tokenizer/tokenize-prompts.js';
import { version } from '../version.js';
import { extraTensors } from './checkpoint.js';
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
  /** The trained parameters; they stay the caller's. */
  readonly params: ModelParameters;
}

/** The files of a checkpoint folder. */
export interface CheckpointFiles {
  readonly 'model.safetensors': Uint8Array;
  readonly 'manifest.json': Uint8Array;
}

const toEntry = async (tensor: Tensor): Promise<SafetensorsTensor> => ({
  dtype: 'F32',
  shape: tensor.shape,
  data: await readTensor(tensor),
});

/** Text embeddings, and what the model says to the known-answer image. */
async function computeAnswers({ config, graph, params }: CheckpointContents, image: Float32Array) {
  const { imageSize } = visionEncoderOf(config);
  const [text, logits] = tidy(() => {
    const text = encodeTexts(config, params, tokenizePrompts(config, graph)); // [labels, embedDim]
    const images = tensorFrom(image, [1, imageSize, imageSize, 3]);
    return [text, computeLogits(config, params, { image: encodeImages(config, params, images), text })]; // [1, labels]
  }) as [Tensor, Tensor];
  const answers = { textEmbeddings: await toEntry(text), logits: [...(await readTensor(logits))] };
  text.dispose();
  logits.dispose();
  return answers;
}

/**
 * Makes a checkpoint that describes itself: weights, graph, configuration, text embeddings, and a known answer by which
 * a loader can tell whether its engine computes the same model.
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
  const { imageSize } = visionEncoderOf(config);
  const image = createKnownAnswerInput({ ...input, imageSize });
  const { textEmbeddings, logits } = await computeAnswers(contents, image);
  const tensors: Record<string, SafetensorsTensor> = {
    [extraTensors.textEmbeddings]: textEmbeddings,
    [extraTensors.knownAnswerInput]: { dtype: 'F32', shape: [1, imageSize, imageSize, 3], data: image },
  };
  for (const [key, tensor] of flattenTree(params)) tensors[key] = await toEntry(tensor);
  const weights = encodeSafetensors(tensors);
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
    weights: { file: 'model.safetensors', sha256: await computeSha256(weights), bytes: weights.length },
    knownAnswer: { input: { tensor: extraTensors.knownAnswerInput }, logits, tolerance: knownAnswerTolerance(logits) },
  };
  parseOptions(checkpointManifestSchema, manifest, 'buildCheckpoint');
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, files: { 'model.safetensors': weights, 'manifest.json': json } };
}

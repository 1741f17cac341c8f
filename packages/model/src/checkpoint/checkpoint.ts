import type { CheckpointManifest, LabelGraph } from '@sofd/core';
import type { ModelConfig } from '../config/model-config.js';
import type { WeightArrays } from '../parameters/weight-arrays.js';

/** Names of the tensors of a checkpoint that are no parameters. */
export const extraTensors = { textEmbeddings: 'textEmbeddings', knownAnswerInput: 'knownAnswer.input' } as const;

/** A checkpoint that was read and found whole, off the device. */
export interface Checkpoint {
  readonly manifest: CheckpointManifest;
  readonly graph: LabelGraph;
  readonly config: ModelConfig;
  /** Parameters by name, as float32, and the tensors that the manifest names: text embeddings and the known answer's input. */
  readonly tensors: WeightArrays;
}

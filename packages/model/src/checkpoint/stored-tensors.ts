import type { LabelGraph, WeightPrecision } from '@sofd/core';
import type { SafetensorsInfo } from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import { visionEncoderOf } from '../encode.js';
import { modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import { extraTensors } from './checkpoint.js';

const matrixDtypes = { float32: 'F32', float16: 'F16', int8: 'I8' } as const satisfies Record<WeightPrecision, string>;

/** The name of the scales of an int8 matrix. */
export const scalesOf = (name: string): string => `${name}.scale`;

/** Output channels: the last dimension of [inputs, outputs]; of a depthwise kernel [height, width, channels, 1] the one before. */
const countChannels = (shape: readonly number[]): number => shape.findLast((size) => size > 1) ?? 1;

/** What the file of a checkpoint is made for; the tensors that are no parameters may have other names. */
export interface StoredModel {
  readonly graph: LabelGraph;
  readonly config: ModelConfig;
  readonly precision: WeightPrecision;
  readonly extras?: Readonly<Record<keyof typeof extraTensors, string>>;
}

/** Types and shapes of all tensors in the file of a checkpoint: parameters, their scales, and those that are no parameters. */
export function describeStoredTensors({
  graph,
  config,
  precision,
  extras = extraTensors,
}: StoredModel): ReadonlyMap<string, SafetensorsInfo> {
  const { imageSize } = visionEncoderOf(config);
  const infos = new Map<string, SafetensorsInfo>();
  for (const [name, { shape }] of flattenSpecs(modelSpecs(config))) {
    const dtype = shape.length < 2 ? 'F32' : matrixDtypes[precision];
    infos.set(name, { dtype, shape });
    if (dtype === 'I8') infos.set(scalesOf(name), { dtype: 'F32', shape: [countChannels(shape)] });
  }
  infos.set(extras.textEmbeddings, { dtype: 'F32', shape: [graph.labels.length, config.embedDim] });
  infos.set(extras.knownAnswerInput, { dtype: 'F32', shape: [1, imageSize, imageSize, 3] });
  return infos;
}

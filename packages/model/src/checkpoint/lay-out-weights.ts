import { InvalidOptionError } from '@sofd/core';
import { layOutSafetensors, type SafetensorsInfo, type SafetensorsTensor } from '@sofd/tensor';
import { encodeHalves, largestHalf } from '../half-precision.js';
import type { WeightArrays } from '../parameters/weight-arrays.js';
import { decodeWeightsLazily } from './decode-weights.js';
import { quantize } from './quantize.js';
import { describeStoredTensors, type StoredModel, scalesOf } from './stored-tensors.js';

type Matrix = readonly [name: string, tensor: SafetensorsTensor & { readonly data: Uint16Array | Int8Array }];

/** A checkpoint's file, its weights float32 at first. */
export interface WeightsFile {
  /** The file; complete after {@link reduce}. */
  readonly bytes: Uint8Array;
  /** Places for all tensors, to be filled. Those of parameters that are stored shorter hold until {@link reduce}. */
  readonly weights: WeightArrays;
  /**
   * Rounds the weights to the precision that they are stored in.
   *
   * @returns what a loader will find, each tensor decoded when it is asked for
   * @throws InvalidOptionError for a weight that the precision does not have
   */
  reduce(): WeightArrays;
}

const isMatrix = (entry: readonly [string, SafetensorsTensor]): entry is Matrix =>
  entry[1].dtype === 'F16' || entry[1].dtype === 'I8';

/** What a tensor takes less than in float32. */
function countSavedBytes({ dtype, shape }: SafetensorsInfo): number {
  const saved = dtype === 'F16' ? 2 : dtype === 'I8' ? 3 : 0;
  return shape.reduce((product, size) => product * size, saved);
}

/**
 * Makes the file of a checkpoint, to be filled in place. It takes the memory of float32 weights whatever the precision: what
 * is stored shorter lies together at the end of the file, so that rounding from its start to its end writes over nothing
 * that is still to be read.
 */
export function layOutWeights(model: StoredModel): WeightsFile {
  const infos = Object.fromEntries(describeStoredTensors(model));
  const spareBytes = Object.values(infos).reduce((sum, info) => sum + countSavedBytes(info), 0);
  const { bytes, tensors } = layOutSafetensors(infos, { spareBytes });
  const entries: readonly (readonly [string, SafetensorsTensor])[] = Object.entries(tensors);
  // In their order in the file.
  const matrices = entries.filter(isMatrix).sort(([, a], [, b]) => a.data.byteOffset - b.data.byteOffset);
  const begin = matrices[0]?.[1].data.byteOffset ?? 0;
  const stage = ({ data }: Matrix[1]) =>
    new Float32Array(
      data.buffer,
      begin + 4 * ((data.byteOffset - begin) / data.BYTES_PER_ELEMENT), // as many numbers before it, four bytes each
      data.length,
    );
  const weights: Record<string, WeightArrays[string]> = {};
  for (const [name, { shape, data }] of entries) if (data instanceof Float32Array) weights[name] = { shape, data };
  for (const [name, tensor] of matrices) weights[name] = { shape: tensor.shape, data: stage(tensor) };
  return {
    bytes,
    weights,
    reduce() {
      for (const matrix of matrices) round(matrix, weights);
      return decodeWeightsLazily(tensors);
    },
  };
}

/** Rounds a matrix into its place in the file. */
function round([name, { data }]: Matrix, weights: WeightArrays): void {
  const values = weights[name]!.data;
  const isInt8 = data instanceof Int8Array;
  const wrong = isInt8
    ? quantize(values, { levels: data, scales: weights[scalesOf(name)]!.data })
    : encodeHalves(values, data);
  if (wrong < 0) return;
  const [range, precision, remedy] = isInt8
    ? ['finite numbers', 'int8', 'check the weights']
    : [`numbers of at most ${largestHalf}`, 'float16', 'store them as int8 or float32'];
  throw new InvalidOptionError(
    `buildCheckpoint: expected ${range} in ${name} for ${precision} weights, got ${values[wrong]}; ${remedy}.`,
  );
}

import type { SafetensorsTensor } from '@sofd/tensor';
import { decodeHalves } from '../half-precision.js';
import type { WeightArray, WeightArrays } from '../parameters/weight-arrays.js';
import { dequantize } from './quantize.js';
import { scalesOf } from './stored-tensors.js';

type Tensors = Readonly<Record<string, SafetensorsTensor>>;

function decode(tensors: Tensors, name: string): Float32Array {
  const { dtype, data } = tensors[name]!;
  if (dtype === 'F16') return decodeHalves(data as Uint16Array);
  if (dtype !== 'I8') return data as Float32Array;
  return dequantize({ levels: data as Int8Array, scales: tensors[scalesOf(name)]!.data as Float32Array });
}

/** All tensors but the scales. */
function listWeights(tensors: Tensors): readonly string[] {
  const scales = new Set(Object.keys(tensors).flatMap((name) => (tensors[name]!.dtype === 'I8' ? scalesOf(name) : [])));
  return Object.keys(tensors).filter((name) => !scales.has(name));
}

/**
 * The weights that a file holds, as float32; its types and shapes are known to be right.
 *
 * @returns views on float32 files; else copies, which do not keep the file in memory
 */
export function decodeWeights(tensors: Tensors): WeightArrays {
  const isWhole = Object.values(tensors).every(({ dtype }) => dtype === 'F32');
  const take = (name: string): WeightArray => {
    const data = decode(tensors, name);
    const isView = tensors[name]!.dtype === 'F32';
    return { shape: tensors[name]!.shape, data: isView && !isWhole ? data.slice() : data };
  };
  return Object.fromEntries(listWeights(tensors).map((name) => [name, take(name)]));
}

/** The same, each decoded whenever it is asked for, so that one at a time need be in memory. */
export function decodeWeightsLazily(tensors: Tensors): WeightArrays {
  const take = (name: string): WeightArray => ({ shape: tensors[name]!.shape, data: decode(tensors, name) });
  return Object.defineProperties(
    {},
    Object.fromEntries(listWeights(tensors).map((name) => [name, { enumerable: true, get: () => take(name) }])),
  );
}

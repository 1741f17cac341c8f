import { CheckpointFormatError, parseWith } from '@sofd/core';
import * as v from 'valibot';
import type { WeightArray, WeightArrays } from '../../parameters/weight-arrays.js';

const quantizationSchema = v.variant('dtype', [
  v.object({ dtype: v.literal('float16') }),
  v.object({ dtype: v.picklist(['uint8', 'uint16']), min: v.number(), scale: v.number() }),
]);

const entrySchema = v.object({
  name: v.string(),
  shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  dtype: v.picklist(['float32', 'int32', 'bool']),
  quantization: v.optional(quantizationSchema),
});

/** What is read of a TensorFlow.js graph model; it holds much more. */
const graphModelSchema = v.object({ weightsManifest: v.array(v.object({ weights: v.array(entrySchema) })) });

type Entry = v.InferOutput<typeof entrySchema>;

const byteWidths = { float32: 4, int32: 4, bool: 1, float16: 2, uint8: 1, uint16: 2 } as const;

/** The number that 16 bits of half precision stand for. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function readEntry(view: DataView, { dtype, quantization }: Entry): (index: number) => number {
  switch (quantization?.dtype) {
    case 'float16':
      return (index) => halfToFloat(view.getUint16(2 * index, true));
    case 'uint8':
      return (index) => view.getUint8(index) * quantization.scale + quantization.min;
    case 'uint16':
      return (index) => view.getUint16(2 * index, true) * quantization.scale + quantization.min;
    default:
      if (dtype === 'float32') return (index) => view.getFloat32(4 * index, true);
      return dtype === 'int32' ? (index) => view.getInt32(4 * index, true) : (index) => view.getUint8(index);
  }
}

/**
 * The weights of a TensorFlow.js graph model as float32 arrays: whole, half precision, or 8 and 16 bit with scale.
 *
 * @param json - the parsed model file
 * @param bin - its weights, all shards joined
 * @returns weights by the name they have in the model
 * @throws CheckpointFormatError when the manifest and the bytes disagree
 */
export function parseGraphWeights(json: unknown, bin: Uint8Array): WeightArrays {
  const { weightsManifest } = parseWith(graphModelSchema, json, 'graph model', CheckpointFormatError);
  const weights: Record<string, WeightArray> = {};
  let offset = 0;
  for (const entry of weightsManifest.flatMap((group) => group.weights)) {
    const size = entry.shape.reduce((product, dimension) => product * dimension, 1);
    const bytes = size * byteWidths[entry.quantization?.dtype ?? entry.dtype];
    if (offset + bytes > bin.length) {
      throw new CheckpointFormatError(
        `graph model: expected ${offset + bytes} bytes of weights up to ${entry.name}, got ${bin.length}; fetch the weights file again.`,
      );
    }
    const read = readEntry(new DataView(bin.buffer, bin.byteOffset + offset, bytes), entry);
    weights[entry.name] = { shape: entry.shape, data: Float32Array.from({ length: size }, (_, index) => read(index)) };
    offset += bytes;
  }
  return weights;
}

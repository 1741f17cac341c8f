import { CheckpointFormatError } from '@sofd/core';
import { arrayTypes, type SafetensorsTensor } from './dtypes.js';

/**
 * Writes tensors as a safetensors file.
 *
 * Equal input gives equal bytes whatever the order of the keys: wide types come first, so that all data is aligned,
 * then names in code-unit order.
 *
 * @param tensors - by name.
 * @param metadata - strings that the file carries along.
 * @returns the bytes of the file.
 * @throws CheckpointFormatError when a shape and its data disagree.
 * @see {@link https://github.com/huggingface/safetensors | the format}
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from '@sofd/tensor';
 *
 * const bytes = encodeSafetensors({ bias: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } });
 * decodeSafetensors(bytes).tensors.bias?.data; // Float32Array [1, 2]
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = Object.entries(tensors).sort(([a, x], [b, y]) => widthOf(y) - widthOf(x) || (a < b ? -1 : 1));
  const header: [string, unknown][] = [];
  if (metadata)
    header.push(['__metadata__', Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)))]);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    assertConsistent(name, { dtype, shape, data });
    header.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  return join(jsonObject(header), entries, offset);
}

const widthOf = ({ dtype }: SafetensorsTensor) => arrayTypes[dtype].BYTES_PER_ELEMENT;

/** Object.fromEntries would move names that look like integers to the front. */
const jsonObject = (entries: readonly (readonly [string, unknown])[]) =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;

function assertConsistent(name: string, { dtype, shape, data }: SafetensorsTensor): void {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (name === '__metadata__' || data.length !== size || data.constructor.name !== arrayTypes[dtype].name) {
    throw new CheckpointFormatError(
      `encodeSafetensors: expected ${size} values in a ${arrayTypes[dtype].name} for ${name} (${dtype} [${shape.join(', ')}]), got ${data.length} in a ${data.constructor.name}; check name, shape and data.`,
    );
  }
}

function join(
  header: string,
  entries: readonly (readonly [string, SafetensorsTensor])[],
  dataBytes: number,
): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, start);
  let offset = start;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

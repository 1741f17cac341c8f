import { CheckpointFormatError } from '@sofd/core';
import { createSafetensorsHeader } from './create-header.js';
import { arrayTypes, type SafetensorsData, type SafetensorsInfo, type SafetensorsTensor } from './dtypes.js';
import { layOutSafetensors } from './lay-out.js';

/**
 * Writes tensors as a safetensors file; equal input gives equal bytes whatever the order of the keys.
 *
 * @param tensors - by name.
 * @param metadata - strings that the file carries along.
 * @returns the bytes of the file.
 * @throws CheckpointFormatError when a shape and its data disagree.
 * @see {@link layOutSafetensors} and {@link streamSafetensors} for tensors that are not all in memory
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
  for (const [name, tensor] of Object.entries(tensors)) assertConsistent(name, tensor);
  const { bytes, tensors: places } = layOutSafetensors(tensors, { metadata });
  for (const [name, { data }] of Object.entries(tensors)) bytesOf(places[name]!.data).set(bytesOf(data));
  return bytes;
}

/** What {@link streamSafetensors} is given. */
export interface SafetensorsStream {
  /** The values of a tensor; called once for each, in their order in the file. */
  readonly read: (name: string) => SafetensorsData;
  /** Strings that the file carries along. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a safetensors file part by part, so that one tensor at a time need be in memory.
 *
 * @param infos - types and shapes by name.
 * @param stream - `read` and `metadata`
 * @returns the file, from its start to its end: for `writeFile` of `node:fs/promises`, or `new Blob([...parts])`.
 * @throws CheckpointFormatError when a shape and its data disagree.
 * @example
 * ```ts
 * import { decodeSafetensors, streamSafetensors } from '@sofd/tensor';
 *
 * const parts = streamSafetensors({ bias: { dtype: 'F32', shape: [2] } }, { read: () => Float32Array.of(1, 2) });
 * decodeSafetensors(new Uint8Array(await new Blob([...parts]).arrayBuffer())).tensors.bias?.data; // Float32Array [1, 2]
 * ```
 */
export function* streamSafetensors(
  infos: Readonly<Record<string, SafetensorsInfo>>,
  { read, metadata }: SafetensorsStream,
): Generator<Uint8Array<ArrayBuffer>, void> {
  const { header, entries } = createSafetensorsHeader(infos, metadata);
  yield header;
  for (const [name, { dtype, shape }] of entries) {
    const data = read(name);
    assertConsistent(name, { dtype, shape, data });
    yield bytesOf(data);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: SafetensorsData) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

function assertConsistent(name: string, { dtype, shape, data }: SafetensorsTensor): void {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (name === '__metadata__' || data.length !== size || data.constructor.name !== arrayTypes[dtype].name) {
    throw new CheckpointFormatError(
      `encodeSafetensors: expected ${size} values in a ${arrayTypes[dtype].name} for ${name} (${dtype} [${shape.join(', ')}]), got ${data.length} in a ${data.constructor.name}; check name, shape and data.`,
    );
  }
}

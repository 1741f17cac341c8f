import { arrayTypes, type SafetensorsTensor } from './dtypes.js';
import {
  parseSafetensorsHeader,
  readSafetensorsHeaderLength,
  type SafetensorsEntry,
  safetensorsPrefixBytes,
} from './header.js';

/**
 * Reads a safetensors file, trusting nothing in it: the header is validated whole before a byte of data is looked at.
 *
 * @param bytes - the file.
 * @returns tensors by name, and the metadata. The data are views on `bytes` where they are aligned, else copies.
 * @throws CheckpointFormatError listing all problems.
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: Record<string, SafetensorsTensor>;
  metadata: Readonly<Record<string, string>>;
} {
  const length = readSafetensorsHeaderLength(bytes, bytes.length);
  const header = bytes.subarray(safetensorsPrefixBytes, safetensorsPrefixBytes + length);
  const { entries, metadata } = parseSafetensorsHeader(header, bytes.length);
  const tensors = Object.fromEntries([...entries].map(([name, entry]) => [name, readData(bytes, entry)]));
  return { tensors, metadata };
}

function readData(bytes: Uint8Array, { dtype, shape, offset, length }: SafetensorsEntry): SafetensorsTensor {
  const ArrayType = arrayTypes[dtype];
  const begin = bytes.byteOffset + offset;
  const aligned = bytes.buffer instanceof ArrayBuffer && begin % ArrayType.BYTES_PER_ELEMENT === 0;
  const buffer = aligned
    ? (bytes.buffer as ArrayBuffer)
    : Uint8Array.from(bytes.subarray(offset, offset + length)).buffer;
  const data = new ArrayType(buffer, aligned ? begin : 0, length / ArrayType.BYTES_PER_ELEMENT);
  return { dtype, shape, data };
}

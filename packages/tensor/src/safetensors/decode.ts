import { CheckpointFormatError, type SofdErrorOptions } from '@sofd/core';
import { arrayTypes, isDtype, type SafetensorsDtype, type SafetensorsTensor } from './dtypes.js';
import { findDuplicateKeys } from './duplicate-keys.js';

/** The limit of the format itself. */
const maxHeaderBytes = 100_000_000;

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file, trusting nothing in it.
 *
 * The header is validated whole before a byte of data is looked at: known types, shapes that fit their bytes, no overlap,
 * no gap, nothing outside the file, no name twice.
 *
 * @param bytes - the file.
 * @returns tensors by name, and the metadata. The data are views on `bytes` where they are aligned, else copies.
 * @throws CheckpointFormatError listing all problems.
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: Record<string, SafetensorsTensor>;
  metadata: Record<string, string>;
} {
  const { header, start } = readHeader(bytes);
  const problems: string[] = [];
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = readMetadata(value, problems);
    else {
      const entry = readEntry(name, value, problems);
      if (entry) entries.push(entry);
    }
  }
  checkLayout(entries, bytes.length - start, problems);
  if (problems.length > 0) throw malformed('a consistent header', problems.join('; '), { problems });
  const tensors = Object.fromEntries(entries.map((entry) => [entry.name, readData(bytes, start, entry)]));
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) throw malformed('at least 8 bytes', `${bytes.length}`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const available = Math.min(bytes.length - 8, maxHeaderBytes);
  if (declared > BigInt(available)) throw malformed(`a header of at most ${available} bytes`, `${declared}`);
  const start = 8 + Number(declared);
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start));
    header = JSON.parse(text);
  } catch (cause) {
    throw malformed('a header of UTF-8 JSON', `"${cause instanceof Error ? cause.message : String(cause)}"`, { cause });
  }
  if (!isRecord(header)) throw malformed('a header that is a JSON object', JSON.stringify(header).slice(0, 40));
  const duplicates = findDuplicateKeys(text);
  if (duplicates.length > 0) throw malformed('every name once', `${duplicates.join(', ')} twice`);
  return { header, start };
}

function readMetadata(value: unknown, problems: string[]): Record<string, string> {
  if (isRecord(value) && Object.values(value).every((item) => typeof item === 'string'))
    return value as Record<string, string>;
  problems.push('__metadata__ is not an object of strings');
  return {};
}

function readEntry(name: string, value: unknown, problems: string[]): Entry | undefined {
  if (!isRecord(value)) {
    problems.push(`${name} is not an object`);
    return undefined;
  }
  const { dtype, shape, data_offsets: offsets, ...rest } = value;
  const before = problems.length;
  if (!isDtype(dtype)) problems.push(`${name} has the unknown dtype ${JSON.stringify(dtype)}`);
  if (!isCounts(shape)) problems.push(`${name} has the shape ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) problems.push(`${name} has the offsets ${JSON.stringify(offsets)}`);
  if (Object.keys(rest).length > 0) problems.push(`${name} has the unknown keys ${Object.keys(rest).join(', ')}`);
  if (problems.length > before || !isDtype(dtype) || !isCounts(shape) || !isCounts(offsets)) return undefined;
  const [begin = 0, end = 0] = offsets;
  const wanted = shape.reduce((product, dimension) => product * dimension, arrayTypes[dtype].BYTES_PER_ELEMENT);
  if (!Number.isSafeInteger(wanted) || end - begin !== wanted) {
    problems.push(`${name} has ${end - begin} bytes where ${dtype} [${shape.join(', ')}] needs ${wanted}`);
    return undefined;
  }
  return { name, dtype, shape, begin, end };
}

/** The data section must be covered exactly: a gap could hide content, an overlap could alias it. */
function checkLayout(entries: readonly Entry[], dataBytes: number, problems: string[]): void {
  if (problems.length > 0) return;
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (end > dataBytes) problems.push(`${name} ends at byte ${end} of ${dataBytes}`);
    if (begin < covered) problems.push(`${name} overlaps the tensor before it`);
    if (begin > covered) problems.push(`${begin - covered} bytes before ${name} belong to no tensor`);
    covered = Math.max(covered, end);
  }
  if (covered < dataBytes) problems.push(`${dataBytes - covered} bytes at the end belong to no tensor`);
}

function readData(bytes: Uint8Array, start: number, { dtype, shape, begin, end }: Entry): SafetensorsTensor {
  const ArrayType = arrayTypes[dtype];
  const offset = bytes.byteOffset + start + begin;
  const aligned = bytes.buffer instanceof ArrayBuffer && offset % ArrayType.BYTES_PER_ELEMENT === 0;
  const buffer = aligned
    ? (bytes.buffer as ArrayBuffer)
    : Uint8Array.from(bytes.subarray(start + begin, start + end)).buffer;
  const data = new ArrayType(buffer, aligned ? offset : 0, (end - begin) / ArrayType.BYTES_PER_ELEMENT);
  return { dtype, shape, data };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);

const malformed = (expected: string, got: string, options?: SofdErrorOptions) =>
  new CheckpointFormatError(
    `decodeSafetensors: expected ${expected}, got ${got}; the file is damaged or not a safetensors file, fetch it again.`,
    options,
  );

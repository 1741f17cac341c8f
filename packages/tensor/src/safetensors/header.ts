import { CheckpointFormatError, type SofdErrorOptions } from '@sofd/core';
import { arrayTypes, isDtype, type SafetensorsInfo } from './dtypes.js';
import { findDuplicateKeys } from './duplicate-keys.js';

/** The limit of the format itself. */
const maxHeaderBytes = 100_000_000;

/** Where the bytes of a tensor lie. */
export interface SafetensorsEntry extends SafetensorsInfo {
  /** First byte, from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** What stands before the data of a safetensors file. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Strings that the file carries along. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes that say how long the header is. */
export const safetensorsPrefixBytes = 8;

/**
 * How long the header of a safetensors file is, which stands behind its first eight bytes.
 *
 * @param prefix - the first bytes of the file.
 * @param fileBytes - length of the file.
 * @returns bytes, so few that the file has them.
 * @throws CheckpointFormatError for a header that is longer than the file.
 */
export function readSafetensorsHeaderLength(prefix: Uint8Array, fileBytes: number): number {
  if (prefix.length < safetensorsPrefixBytes)
    throw malformed(`at least ${safetensorsPrefixBytes} bytes`, `${prefix.length}`);
  const declared = new DataView(prefix.buffer, prefix.byteOffset, safetensorsPrefixBytes).getBigUint64(0, true);
  const available = Math.min(fileBytes - safetensorsPrefixBytes, maxHeaderBytes);
  if (declared > BigInt(available)) throw malformed(`a header of at most ${available} bytes`, `${declared}`);
  return Number(declared);
}

/**
 * Reads the header of a safetensors file, trusting nothing in it.
 *
 * It is validated whole: known types, shapes that fit their bytes, no overlap, no gap, nothing outside the file, no name
 * twice. So tensors can be read one by one from a file that is not in memory.
 *
 * @param header - the bytes behind the first eight, as many as {@link readSafetensorsHeaderLength} says.
 * @param fileBytes - length of the file.
 * @throws CheckpointFormatError listing all problems.
 */
export function parseSafetensorsHeader(header: Uint8Array, fileBytes: number): SafetensorsHeader {
  const start = safetensorsPrefixBytes + header.length;
  const problems: string[] = [];
  const entries = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseJson(header))) {
    if (name === '__metadata__') metadata = readMetadata(value, problems);
    else {
      const entry = readEntry(name, value, { start, problems });
      if (entry) entries.set(name, entry);
    }
  }
  if (problems.length === 0) problems.push(...findLayoutProblems(entries, start, fileBytes));
  if (problems.length > 0) throw malformed('a consistent header', problems.join('; '), { problems });
  return { entries, metadata };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw malformed('a header of UTF-8 JSON', `"${cause instanceof Error ? cause.message : String(cause)}"`, { cause });
  }
  if (!isRecord(header)) throw malformed('a header that is a JSON object', JSON.stringify(header).slice(0, 40));
  const duplicates = findDuplicateKeys(text);
  if (duplicates.length > 0) throw malformed('every name once', `${duplicates.join(', ')} twice`);
  return header;
}

function readMetadata(value: unknown, problems: string[]): Record<string, string> {
  if (isRecord(value) && Object.values(value).every((item) => typeof item === 'string'))
    return value as Record<string, string>;
  problems.push('__metadata__ is not an object of strings');
  return {};
}

function readEntry(
  name: string,
  value: unknown,
  { start, problems }: { readonly start: number; readonly problems: string[] },
): SafetensorsEntry | undefined {
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
  return { dtype, shape, offset: start + begin, length: wanted };
}

/** The data must be covered exactly: a gap could hide content, an overlap could alias it. */
function findLayoutProblems(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  start: number,
  fileBytes: number,
): readonly string[] {
  const problems: string[] = [];
  let covered = start;
  for (const [name, { offset, length }] of [...entries].sort(
    ([, a], [, b]) => a.offset - b.offset || a.length - b.length,
  )) {
    const end = offset + length;
    if (end > fileBytes) problems.push(`${name} ends at byte ${end - start} of ${fileBytes - start}`);
    if (offset < covered) problems.push(`${name} overlaps the tensor before it`);
    if (offset > covered) problems.push(`${offset - covered} bytes before ${name} belong to no tensor`);
    covered = Math.max(covered, end);
  }
  if (covered < fileBytes) problems.push(`${fileBytes - covered} bytes at the end belong to no tensor`);
  return problems;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);

const malformed = (expected: string, got: string, options?: SofdErrorOptions) =>
  new CheckpointFormatError(
    `safetensors: expected ${expected}, got ${got}; the file is damaged or not a safetensors file, fetch it again.`,
    options,
  );

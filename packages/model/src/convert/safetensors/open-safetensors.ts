import { CheckpointFormatError, formatProblems } from '@sofd/core';
import {
  parseSafetensorsHeader,
  readSafetensorsHeaderLength,
  type SafetensorsEntry,
  safetensorsPrefixBytes,
} from '@sofd/tensor';
import * as v from 'valibot';
import { type ByteRange, type ByteSource, malformedFile, readRange } from '../byte-source.js';
import type { RowRange, StoredTensor, StoredTensors, WeightFile } from '../weight-file.js';

/** Where some rows of a tensor lie. */
function locateRows({ shape, offset, length }: SafetensorsEntry, rows: RowRange | undefined): ByteRange {
  const [count = 1] = shape;
  if (rows === undefined || count === 0) return { offset, length };
  const rowBytes = length / count;
  return { offset: offset + rows.begin * rowBytes, length: (rows.end - rows.begin) * rowBytes };
}

/**
 * Opens a safetensors file: its header is checked whole, its numbers stay in the file.
 *
 * @param source - the file
 * @throws CheckpointFormatError listing all problems
 */
export async function openSafetensors(source: ByteSource): Promise<WeightFile> {
  const prefix = await readRange(source, { offset: 0, length: safetensorsPrefixBytes }, 'the length of the header');
  const length = readSafetensorsHeaderLength(prefix, source.size);
  const header = await readRange(source, { offset: safetensorsPrefixBytes, length }, 'the header');
  const { entries } = parseSafetensorsHeader(header, source.size);
  const store = ([name, entry]: [string, SafetensorsEntry]): [string, StoredTensor] => [
    name,
    {
      dtype: entry.dtype,
      shape: entry.shape,
      read: (rows, room) => readRange(source, { ...locateRows(entry, rows), room }, name),
    },
  ];
  return { format: 'safetensors', tensors: new Map([...entries].map(store)) };
}

const indexSchema = v.object({
  weight_map: v.record(
    v.string(),
    v.pipe(
      v.string(),
      v.regex(/^[^/\\]+\.safetensors$/u, 'expected the name of a .safetensors file in the same folder'),
    ),
  ),
});

function parseIndex(bytes: Uint8Array): ReadonlyMap<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw malformedFile('an index of UTF-8 JSON', cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const { success, output, issues } = v.safeParse(indexSchema, json);
  if (success) return new Map(Object.entries(output.weight_map));
  const [{ expected, received }] = issues;
  throw malformedFile(`${expected} at ${v.getDotPath(issues[0]) ?? 'the root'} of the index`, received);
}

/**
 * Opens weights that lie in several safetensors files.
 *
 * @param index - content of `model.safetensors.index.json`
 * @param open - opens a file beside it
 * @throws CheckpointFormatError for a tensor that is not in the file that the index names
 */
export async function openShards(index: Uint8Array, open: (name: string) => Promise<ByteSource>): Promise<WeightFile> {
  const weightMap = parseIndex(index);
  const shards = new Map<string, StoredTensors>();
  for (const name of new Set(weightMap.values())) shards.set(name, (await openSafetensors(await open(name))).tensors);
  const missing = [...weightMap]
    .filter(([key, name]) => !shards.get(name)!.has(key))
    .map(([key, name]) => `${key}: missing in ${name}`);
  const extra = [...shards].flatMap(([name, tensors]) =>
    [...tensors.keys()]
      .filter((key) => weightMap.get(key) !== name)
      .map((key) => `${key}: in ${name}, not in the index`),
  );
  const problems = [...missing, ...extra];
  if (problems.length > 0)
    throw new CheckpointFormatError(`${formatProblems('openShards', problems)}\nFetch the files again.`, { problems });
  return {
    format: 'safetensors',
    tensors: new Map([...weightMap].map(([key, name]) => [key, shards.get(name)!.get(key)!])),
  };
}

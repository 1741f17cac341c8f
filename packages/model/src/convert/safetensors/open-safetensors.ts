import { CheckpointFormatError, formatProblems } from '@sofd/core';
import type { SafetensorsDtype } from '@sofd/tensor';
import * as v from 'valibot';
import { type ByteSource, malformedFile, readRange } from '../byte-source.js';
import { countElements, type StoredTensor, type StoredTensors, type WeightFile } from '../weight-file.js';

/** The largest header that is read; CLIP's has 50 kB. */
const maxHeaderBytes = 32 * 2 ** 20;

const widths = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const satisfies Record<SafetensorsDtype, number>;
const dtypes = Object.keys(widths) as SafetensorsDtype[];

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.strictObject({
  dtype: v.picklist(dtypes),
  shape: v.array(count),
  data_offsets: v.strictTuple([count, count]),
});
type Entry = v.InferOutput<typeof entrySchema> & { readonly name: string };

function parseHeader(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw malformedFile('a header of UTF-8 JSON', cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw malformedFile('a header that is a JSON object', 'another value');
  return new Map(Object.entries(header).filter(([name]) => name !== '__metadata__'));
}

function parseEntries(header: ReadonlyMap<string, unknown>, problems: string[]): readonly Entry[] {
  return [...header].flatMap(([name, value]) => {
    const { success, output, issues } = v.safeParse(entrySchema, value);
    if (!success) {
      problems.push(
        `${name}: expected ${issues[0].expected} at ${v.getDotPath(issues[0]) ?? 'its entry'}, got ${issues[0].received}`,
      );
      return [];
    }
    const { dtype, shape, data_offsets } = output;
    const wanted = countElements(shape) * widths[dtype];
    if (data_offsets[1] - data_offsets[0] === wanted) return [{ name, ...output }];
    problems.push(`${name}: expected ${wanted} bytes, got ${data_offsets[1] - data_offsets[0]}`);
    return [];
  });
}

/** The data must be covered exactly: a gap could hide content, an overlap could alias it. */
function findLayoutProblems(entries: readonly Entry[], dataBytes: number): readonly string[] {
  let covered = 0;
  const problems: string[] = [];
  for (const { name, data_offsets } of [...entries].sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    const [begin, end] = data_offsets;
    if (begin !== covered) problems.push(`${name}: expected to begin at byte ${covered} of the data, got ${begin}`);
    covered = end;
  }
  if (covered !== dataBytes) problems.push(`expected ${covered} bytes of data, got ${dataBytes}`);
  return problems;
}

/**
 * Opens a safetensors file: its header is checked whole, its numbers stay in the file.
 *
 * @param source - the file
 * @throws CheckpointFormatError listing all problems
 */
export async function openSafetensors(source: ByteSource): Promise<WeightFile> {
  const prefix = await readRange(source, { offset: 0, length: 8 }, 'the length of the header');
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (length > maxHeaderBytes) throw malformedFile(`a header of at most ${maxHeaderBytes} bytes`, `${length}`);
  const header = parseHeader(await readRange(source, { offset: 8, length }, 'the header'));
  const problems: string[] = [];
  const entries = parseEntries(header, problems);
  if (problems.length === 0) problems.push(...findLayoutProblems(entries, source.size - 8 - length));
  if (problems.length > 0)
    throw new CheckpointFormatError(`${formatProblems('openWeightFile: header', problems)}\nFetch the file again.`, {
      problems,
    });
  const store = ({ name, dtype, shape, data_offsets: [begin, end] }: Entry): [string, StoredTensor] => [
    name,
    { dtype, shape, read: () => readRange(source, { offset: 8 + length + begin, length: end - begin }, name) },
  ];
  return { format: 'safetensors', tensors: new Map(entries.map(store)) };
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

/**
 * Opens weights that lie in several safetensors files.
 *
 * @param index - content of `model.safetensors.index.json`
 * @param open - opens a file beside it
 * @throws CheckpointFormatError for a tensor that is not in the file that the index names
 */
export async function openShards(index: Uint8Array, open: (name: string) => Promise<ByteSource>): Promise<WeightFile> {
  const { success, output, issues } = v.safeParse(indexSchema, Object.fromEntries(parseHeader(index)));
  if (!success)
    throw malformedFile(`${issues[0].expected} at ${v.getDotPath(issues[0])} of the index`, issues[0].received);
  const weightMap = new Map(Object.entries(output.weight_map));
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

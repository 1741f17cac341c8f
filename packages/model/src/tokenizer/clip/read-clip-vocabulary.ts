import * as v from 'valibot';
import {
  type ClipVocabulary,
  checkVocabulary,
  malformedVocabulary,
  vocabularyFromMerges,
  wordEnd,
} from './clip-vocabulary.js';

/** CLIP's own file lists more merges than CLIP uses: as many as make 49,408 symbols with bytes, start and end. */
const usedMerges = 49_408 - 2 * 256 - 2;

/** The largest file that is read; CLIP's tokenizer.json has 2 MB. */
const maxFileBytes = 32 * 2 ** 20;

/** What a compressed file may grow by: CLIP's grows 2.4 times, and nothing harmless more than this. */
const maxGrowth = 8;

const mergesSchema = v.union([v.array(v.string()), v.array(v.pipe(v.strictTuple([v.string(), v.string()])))]);
const tokenizerFileSchema = v.object({
  model: v.object({
    type: v.optional(v.literal('BPE')),
    end_of_word_suffix: v.literal(wordEnd),
    vocab: v.record(v.string(), v.number()),
    merges: mergesSchema,
  }),
});

async function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // A reader, for browsers in which streams are not iterable.
    const reader = stream.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value);
      length += next.value.length;
      if (length > bytes.length * maxGrowth) {
        await reader.cancel();
        throw new RangeError(`more than ${maxGrowth} times its ${bytes.length} bytes`);
      }
    }
  } catch (cause) {
    throw malformedVocabulary('a gzip file', describe(cause), { cause });
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).slice(0, 200);

async function readText(bytes: Uint8Array): Promise<string> {
  if (bytes.length > maxFileBytes)
    throw malformedVocabulary(`files of at most ${maxFileBytes} bytes`, `${bytes.length}`);
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? await decompress(bytes) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw malformedVocabulary('UTF-8 text', `${plain.length} bytes that are none`, { cause });
  }
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw malformedVocabulary('JSON', describe(cause), { cause });
  }
}

function parseTokenizerFile(json: unknown): ClipVocabulary {
  const { success, output, issues } = v.safeParse(tokenizerFileSchema, json);
  if (!success) {
    const [issue] = issues;
    throw malformedVocabulary(`${issue.expected} at ${v.getDotPath(issue)} of tokenizer.json`, issue.received);
  }
  const { vocab, merges } = output.model;
  return checkVocabulary(
    Object.entries(vocab),
    merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
  );
}

/** The lines after the line that says the version. */
const listMerges = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line, index) => index > 0 || !line.includes('#version'))
    .map((line) => line.trim())
    .filter((line) => line !== '');

/**
 * Reads CLIP's vocabulary from the files that hold it; which file is which is seen from the content.
 *
 * @param files - contents: `tokenizer.json`; or `vocab.json` and `merges.txt`; or OpenAI's `bpe_simple_vocab_16e6.txt.gz`
 * @returns ids and merges
 * @throws CheckpointFormatError for anything else
 * @example
 * ```ts no-run: needs CLIP's vocabulary
 * import { readFile } from 'node:fs/promises';
 * import { readClipVocabulary } from '@sofd/model';
 *
 * const vocabulary = await readClipVocabulary([new Uint8Array(await readFile('tokenizer.json'))]);
 * ```
 */
export async function readClipVocabulary(files: readonly Uint8Array[]): Promise<ClipVocabulary> {
  const texts = await Promise.all(files.map(readText));
  const objects = texts.filter((text) => text.trimStart().startsWith('{')).map(parseJson);
  const lists = texts.filter((text) => !text.trimStart().startsWith('{'));
  const [object] = objects;
  const [list] = lists;
  if (objects.length === 1 && lists.length === 1) return checkVocabulary(Object.entries(object!), listMerges(list!));
  if (objects.length === 1 && lists.length === 0) return parseTokenizerFile(object);
  if (objects.length === 0 && lists.length === 1) return vocabularyFromMerges(listMerges(list!).slice(0, usedMerges));
  throw malformedVocabulary('one file or two', `${objects.length} JSON files and ${lists.length} lists of merges`);
}

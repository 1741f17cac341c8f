import { CheckpointFormatError, type SofdErrorOptions } from '@sofd/core';

/** Byte-pair encoding as data: what every symbol's id is, and which two symbols become one first. */
export interface ClipVocabulary {
  /** Ids by symbol, 0 to size - 1. */
  readonly ids: ReadonlyMap<string, number>;
  /** Rank by `'left right'`; the lowest merges first. */
  readonly ranks: ReadonlyMap<string, number>;
}

export const startSymbol = '<|startoftext|>';
export const endSymbol = '<|endoftext|>';
/** What the last symbol of a word ends with. */
export const wordEnd = '</w>';

export const malformedVocabulary = (expected: string, got: string, options?: SofdErrorOptions) =>
  new CheckpointFormatError(
    `readClipVocabulary: expected ${expected}, got ${got}; give CLIP's tokenizer.json, vocab.json and merges.txt, or bpe_simple_vocab_16e6.txt.gz.`,
    options,
  );

/** Printable bytes stand for themselves, the others for characters from U+0100 on, in this order. */
function listByteSymbols(): readonly (readonly [number, string])[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const isPrintable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const others = bytes.filter((byte) => !isPrintable(byte));
  return [
    ...bytes.filter(isPrintable).map((byte) => [byte, String.fromCharCode(byte)] as const),
    ...others.map((byte, index) => [byte, String.fromCharCode(256 + index)] as const),
  ];
}

const orderedByteSymbols: readonly (readonly [number, string])[] = /* @__PURE__ */ listByteSymbols();

/** The symbol of each byte. */
export const byteSymbols: ReadonlyMap<number, string> = /* @__PURE__ */ new Map(orderedByteSymbols);

/** The vocabulary that follows from merges alone: bytes, bytes that end a word, merges, start and end. */
export function vocabularyFromMerges(merges: readonly string[]): ClipVocabulary {
  const symbols = orderedByteSymbols.map(([, symbol]) => symbol);
  const all = [
    ...symbols,
    ...symbols.map((symbol) => symbol + wordEnd),
    ...merges.map((merge) => merge.replace(' ', '')),
    startSymbol,
    endSymbol,
  ];
  return checkVocabulary(
    all.map((symbol, id) => [symbol, id]),
    merges,
  );
}

/**
 * A vocabulary whose parts fit each other.
 *
 * @param entries - symbols and ids
 * @param merges - `'left right'`, the first merges first
 * @throws CheckpointFormatError with all problems, at most ten of a kind
 */
export function checkVocabulary(
  entries: readonly (readonly [string, unknown])[],
  merges: readonly string[],
): ClipVocabulary {
  const ids = new Map(entries) as Map<string, number>;
  const problems = [
    ...findIdProblems(ids, entries.length),
    ...findSymbolProblems(ids),
    ...findMergeProblems(ids, merges),
  ];
  if (problems.length > 0)
    throw malformedVocabulary('a vocabulary whose parts fit each other', problems.join('; '), { problems });
  return { ids, ranks: new Map(merges.map((merge, rank) => [merge, rank])) };
}

function findIdProblems(ids: ReadonlyMap<string, number>, count: number): readonly string[] {
  const seen = new Set(ids.values());
  const inside = [...seen].every((id) => Number.isInteger(id) && id >= 0 && id < count);
  return inside && seen.size === count ? [] : [`ids that are not each of 0 to ${count - 1} once`];
}

function findSymbolProblems(ids: ReadonlyMap<string, number>): readonly string[] {
  const needed = [...byteSymbols.values()].flatMap((symbol) => [symbol, symbol + wordEnd]);
  const missing = [...needed, startSymbol, endSymbol].filter((symbol) => !ids.has(symbol));
  const problems = missing.slice(0, 10).map((symbol) => `no symbol ${JSON.stringify(symbol)}`);
  // The text encoder reads the row of the greatest id.
  if (missing.length === 0 && ids.get(endSymbol) !== ids.size - 1)
    problems.push(`${endSymbol} without the greatest id`);
  return problems;
}

function findMergeProblems(ids: ReadonlyMap<string, number>, merges: readonly string[]): readonly string[] {
  const fits = (merge: string) => {
    const [left = '', right = '', ...rest] = merge.split(' ');
    return rest.length === 0 && ids.has(left) && ids.has(right) && ids.has(left + right);
  };
  const wrong = merges.filter((merge) => !fits(merge)).slice(0, 10);
  const repeated = new Set(merges).size < merges.length ? ['a merge that occurs twice'] : [];
  return [...wrong.map((merge) => `the merge ${JSON.stringify(merge.slice(0, 60))} of unknown symbols`), ...repeated];
}

import { InvalidOptionError } from '@sofd/core';
import { cleanText, whitespace } from './clean-text.js';
import { byteSymbols, type ClipVocabulary, endSymbol, startSymbol, wordEnd } from './clip-vocabulary.js';

/** Merging takes as many rounds as a word has symbols, so a text without spaces must not be endless. */
const maxCharacters = 5_000;

/**
 * What is encoded by itself: start and end symbol, English contractions, runs of letters, single digits, runs of anything
 * else. A contraction may be written with a long s (U+017F), a small letter of its own whose capital is S.
 */
const pieces = new RegExp(
  [
    '<\\|[s\u017f]tartoftext\\|>',
    '<\\|endoftext\\|>',
    "'[s\u017ftmd]|'re|'ve|'ll",
    '\\p{L}+',
    '\\p{N}',
    `[^${whitespace}\\p{L}\\p{N}]+`,
  ].join('|'),
  'gu',
);

/** Merges the pair of lowest rank, wherever it occurs, until no pair is known. */
function mergeSymbols(word: readonly string[], { ranks }: ClipVocabulary): readonly string[] {
  let symbols = word;
  for (;;) {
    let [best, pair] = [Number.POSITIVE_INFINITY, ''];
    for (let i = 0; i + 1 < symbols.length; i++) {
      const candidate = `${symbols[i]} ${symbols[i + 1]}`;
      const rank = ranks.get(candidate);
      if (rank !== undefined && rank < best) [best, pair] = [rank, candidate];
    }
    if (pair === '') return symbols;
    const merged: string[] = [];
    for (let i = 0; i < symbols.length; i++) {
      const [left, right] = [symbols[i]!, symbols[i + 1]];
      if (`${left} ${right}` === pair) {
        merged.push(left + right);
        i++;
      } else merged.push(left);
    }
    symbols = merged;
  }
}

function encodePiece(vocabulary: ClipVocabulary, piece: string): readonly number[] {
  const { ids } = vocabulary;
  if (piece === startSymbol || piece === endSymbol) return [ids.get(piece)!];
  const symbols = [...new TextEncoder().encode(piece)].map((byte) => byteSymbols.get(byte)!);
  symbols.push(symbols.pop()! + wordEnd);
  return mergeSymbols(symbols, vocabulary).map((symbol) => ids.get(symbol)!);
}

/**
 * CLIP's token ids of a text, between start and end token.
 *
 * @param vocabulary - from {@link readClipVocabulary}
 * @param text - at most 5,000 characters
 * @param options - `contextLength`: cut what is longer, the last id then is the end token
 * @returns ids; at most `contextLength`
 * @throws InvalidOptionError for a longer text
 * @example
 * ```ts no-run: needs CLIP's vocabulary
 * import { readFile } from 'node:fs/promises';
 * import { encodeClipText, readClipVocabulary } from '@sofd/model';
 *
 * const vocabulary = await readClipVocabulary([new Uint8Array(await readFile('tokenizer.json'))]);
 * encodeClipText(vocabulary, 'A photo of a fake face'); // [49406, 320, 1125, 539, 320, 5777, 1710, 49407]
 * ```
 */
export function encodeClipText(
  vocabulary: ClipVocabulary,
  text: string,
  { contextLength = Number.POSITIVE_INFINITY }: { readonly contextLength?: number } = {},
): readonly number[] {
  if (text.length > maxCharacters) {
    throw new InvalidOptionError(
      `encodeClipText: expected at most ${maxCharacters} characters, got ${text.length}; give a sentence.`,
    );
  }
  const inner = (cleanText(text).match(pieces) ?? []).flatMap((piece) => encodePiece(vocabulary, piece));
  const end = vocabulary.ids.get(endSymbol)!;
  return [vocabulary.ids.get(startSymbol)!, ...inner.slice(0, contextLength - 2), end];
}

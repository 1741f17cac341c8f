import { InvalidOptionError } from '@sofd/core';
import * as v from 'valibot';

/** A tokenizer whose vocabulary is a list of whole words; a word's id is its index. */
export interface WordsTokenizerConfig {
  readonly kind: 'words';
  /** Start token first, end token last, so that the end token has the greatest id. */
  readonly vocabulary: readonly string[];
}

const startToken = '<start>';
const endToken = '<end>';

const isVocabulary = (words: readonly string[]): boolean =>
  words[0] === startToken && words.at(-1) === endToken && new Set(words).size === words.length;

export const wordsTokenizerSchema = v.strictObject({
  kind: v.literal('words'),
  vocabulary: v.pipe(
    v.array(v.string()),
    v.check((words) => isVocabulary(words), `expected different words between ${startToken} and ${endToken}`),
  ),
});

const splitWords = (sentence: string): readonly string[] => sentence.toLowerCase().split(/\s+/u).filter(Boolean);

/**
 * The tokenizer that knows exactly the words of some sentences.
 *
 * The method asks nothing of a text but that different sentences differ, so the words of the graph's own prompts are
 * vocabulary enough for a text encoder that is trained from the start.
 *
 * @param sentences - the prompts of a label graph
 * @returns words in alphabetical order between the start and the end token
 * @example
 * ```ts
 * deriveWordsTokenizer(['A fake face']).vocabulary; // ['<start>', 'a', 'face', 'fake', '<end>']
 * ```
 */
export function deriveWordsTokenizer(sentences: readonly string[]): WordsTokenizerConfig {
  // Code-unit order: the locale must not decide token ids.
  const words = [...new Set(sentences.flatMap(splitWords))].sort();
  return { kind: 'words', vocabulary: [startToken, ...words, endToken] };
}

/** The ids of one sentence, start and end token included. */
export function encodeWords(tokenizer: WordsTokenizerConfig, sentence: string): readonly number[] {
  const ids = new Map(tokenizer.vocabulary.map((word, id) => [word, id]));
  const unknown = splitWords(sentence).filter((word) => !ids.has(word));
  if (unknown.length > 0) {
    throw new InvalidOptionError(
      `tokenizer: expected words of its vocabulary, got ${unknown.map((word) => `'${word}'`).join(', ')} in '${sentence}'; derive the tokenizer from the prompts with defineModelConfig.`,
    );
  }
  return [startToken, ...splitWords(sentence), endToken].map((word) => ids.get(word)!);
}

import { encodeWords, type WordsTokenizerConfig, wordsTokenizerSchema } from './words-tokenizer.js';

/** How sentences become token ids; every kind is one file in this folder. */
export type TokenizerConfig = WordsTokenizerConfig;

export const tokenizerSchema = wordsTokenizerSchema;

/** The number of different token ids, the height of the token embedding. */
export const countTokens = (tokenizer: TokenizerConfig): number => tokenizer.vocabulary.length;

/** The ids of one sentence with start and end token. */
export const encodeSentence = (tokenizer: TokenizerConfig, sentence: string): readonly number[] =>
  encodeWords(tokenizer, sentence);

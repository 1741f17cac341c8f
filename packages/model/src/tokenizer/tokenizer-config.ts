import * as v from 'valibot';
import { type ClipTokenizerConfig, clipTokenizerSchema, findClipSentence } from './clip/clip-tokenizer-config.js';
import { encodeWords, type WordsTokenizerConfig, wordsTokenizerSchema } from './words-tokenizer.js';

/** How sentences become token ids. */
export type TokenizerConfig = WordsTokenizerConfig | ClipTokenizerConfig;

export const tokenizerSchema = v.variant('kind', [wordsTokenizerSchema, clipTokenizerSchema]);

/** The number of different token ids, the height of the token embedding. */
export const countTokens = (tokenizer: TokenizerConfig): number =>
  tokenizer.kind === 'words' ? tokenizer.vocabulary.length : tokenizer.size;

/** The ids of one sentence with start and end token. */
export const encodeSentence = (tokenizer: TokenizerConfig, sentence: string): readonly number[] =>
  tokenizer.kind === 'words' ? encodeWords(tokenizer, sentence) : findClipSentence(tokenizer, sentence);

import { InvalidOptionError } from '@sofd/core';
import type { ClipTokenizerConfig } from './clip-tokenizer-config.js';
import type { ClipVocabulary } from './clip-vocabulary.js';
import { encodeClipText } from './encode-clip-text.js';
import { publishedTokenCount, publishedWords } from './published-words.js';

/** The ids of a sentence of known words; undefined where it has another word. */
function encodePublished(sentence: string): readonly number[] | undefined {
  const words = sentence.toLowerCase().split(' ');
  if (!words.every((word) => Object.hasOwn(publishedWords, word))) return undefined;
  return [publishedTokenCount - 2, ...words.flatMap((word) => publishedWords[word]!), publishedTokenCount - 1];
}

/**
 * CLIP's tokenizer for some sentences: what a model config stores in place of a vocabulary.
 *
 * The ids of the published graphs' words are known, so their prompts, and any other sentence of these words, need no
 * vocabulary.
 *
 * @param sentences - the prompts of a label graph
 * @param options - `vocabulary`: from `readClipVocabulary`, for sentences with other words
 * @returns plain JSON
 * @throws InvalidOptionError naming the sentences that need a vocabulary
 * @example
 * ```ts
 * deriveClipTokenizer(['A photo of a fake face']).sentences; // { 'A photo of a fake face': [49406, 320, 1125, 539, 320, 5777, 1710, 49407] }
 * ```
 */
export function deriveClipTokenizer(
  sentences: readonly string[],
  { vocabulary }: { readonly vocabulary?: ClipVocabulary } = {},
): ClipTokenizerConfig {
  const encode = (sentence: string) =>
    vocabulary === undefined ? encodePublished(sentence) : encodeClipText(vocabulary, sentence);
  const entries = sentences.map((sentence) => [sentence, encode(sentence)] as const);
  const unknown = entries.filter(([, ids]) => ids === undefined).map(([sentence]) => `'${sentence}'`);
  if (unknown.length > 0) {
    throw new InvalidOptionError(
      `deriveClipTokenizer: expected CLIP's vocabulary for ${unknown.join(', ')}, got none; read it with readClipVocabulary from tokenizer.json, or give it to sofd convert with --tokenizer.`,
    );
  }
  const size = vocabulary?.ids.size ?? publishedTokenCount;
  return { kind: 'clip', size, sentences: Object.fromEntries(entries.map(([sentence, ids]) => [sentence, [...ids!]])) };
}

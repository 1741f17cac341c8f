import { InvalidOptionError } from '@sofd/core';
import * as v from 'valibot';

const endsOnce = ({ size, sentences }: { size: number; sentences: Record<string, number[]> }): boolean =>
  Object.values(sentences).every((ids) => ids.indexOf(size - 1) === ids.length - 1 && ids.every((id) => id < size));

export const clipTokenizerSchema = v.pipe(
  v.strictObject({
    kind: v.literal('clip'),
    /** How many different ids there are; 49,408 in CLIP. */
    size: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** Ids by sentence, start and end token included; the last is the greatest, `size - 1`. */
    sentences: v.record(v.string(), v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), v.nonEmpty())),
  }),
  v.check(
    (config) => endsOnce(config),
    'expected sentences of ids below size that end with size - 1 and hold it nowhere else',
  ),
);

/** CLIP's tokenizer, as far as a model needs it: its own sentences with their ids, and no vocabulary. */
export type ClipTokenizerConfig = v.InferOutput<typeof clipTokenizerSchema>;

/** The stored ids of one sentence, start and end token included. */
export function findClipSentence({ sentences }: ClipTokenizerConfig, sentence: string): readonly number[] {
  if (Object.hasOwn(sentences, sentence)) return sentences[sentence]!;
  throw new InvalidOptionError(
    `tokenizer: expected a sentence whose ids it holds (${Object.keys(sentences).length} sentences), got '${sentence}'; make the tokenizer with deriveClipTokenizer from all sentences and CLIP's vocabulary.`,
  );
}

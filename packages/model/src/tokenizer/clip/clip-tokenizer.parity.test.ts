import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faceForensics, ffsc } from '@sofd/core';
import { describeOracle } from '@sofd-internal/oracle';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClipVocabulary } from './clip-vocabulary.js';
import { deriveClipTokenizer } from './derive-clip-tokenizer.js';
import { encodeClipText } from './encode-clip-text.js';
import { readClipVocabulary } from './read-clip-vocabulary.js';

interface Case {
  readonly text: string;
  readonly tokens_ftfy: readonly number[];
  readonly same: boolean;
  readonly tokens_identity?: readonly number[];
}

const contextLength = 77;
const root = fileURLToPath(new URL('../../../../../', import.meta.url));
/** OpenAI's file of merges; the project holds no vocabulary. */
const vocabularyFile = resolve(root, process.env.SOFD_CLIP_VOCABULARY ?? '../shared/data/bpe_simple_vocab_16e6.txt.gz');
const hasVocabulary = existsSync(vocabularyFile);
if (!hasVocabulary)
  process.stderr.write(`CLIP tokenizer: skipped, no vocabulary at ${vocabularyFile}; SOFD_CLIP_VOCABULARY names one\n`);

/** A row of ids, cut or padded with zeros. */
const pad = (ids: readonly number[]): readonly number[] =>
  Array.from({ length: contextLength }, (_, index) => ids[index] ?? 0);

const rowsOf = (data: ArrayLike<number>): readonly (readonly number[])[] =>
  Array.from({ length: data.length / contextLength }, (_, row) =>
    Array.from({ length: contextLength }, (_, column) => data[row * contextLength + column]!),
  );

describeOracle('tokenizer', (group) => {
  it('published prompts have the ids of the published tokenizer, without a vocabulary', () => {
    const { prompts } = group.json<{ prompts: readonly string[] }>('prompts.json', { texts: true });
    const { sentences } = deriveClipTokenizer(prompts);
    expect(prompts).toEqual(faceForensics.prompts);
    expect(prompts.map((prompt) => pad(sentences[prompt]!))).toEqual(rowsOf(group.array('prompt_ids').data));
  });

  describe.skipIf(!hasVocabulary)('with the vocabulary', () => {
    let vocabulary: ClipVocabulary;
    beforeAll(async () => {
      vocabulary = await readClipVocabulary([new Uint8Array(readFileSync(vocabularyFile))]);
    });

    it('every text has the ids of the published tokenizer without its repair of wrongly decoded text', () => {
      const cases = group.json<readonly Case[]>('cases.json', { texts: true });
      expect(cases.length).toBeGreaterThan(100);
      for (const { text, same, tokens_ftfy, tokens_identity } of cases) {
        expect(encodeClipText(vocabulary, text).slice(1, -1), JSON.stringify(text)).toEqual(
          same ? tokens_ftfy : tokens_identity,
        );
      }
    });

    it('a text longer than the context is cut, and ends with the end token', () => {
      const cases = group.json<readonly Case[]>('cases.json', { texts: true });
      const rows = cases.map(({ text }) => pad(encodeClipText(vocabulary, text, { contextLength })));
      expect(rows).toEqual(rowsOf(group.array('ids_identity').data));
      expect(cases.some(({ tokens_ftfy }) => tokens_ftfy.length + 2 > contextLength)).toBe(true);
    });

    it.each([faceForensics, ffsc])('the stored words of the published graphs are the ids it gives', ({ prompts }) => {
      expect(deriveClipTokenizer(prompts)).toEqual(deriveClipTokenizer(prompts, { vocabulary }));
    });

    it('is the same from a vocabulary and merges, and from a tokenizer.json', async () => {
      const vocab = JSON.stringify(Object.fromEntries(vocabulary.ids));
      const merges = [...vocabulary.ranks.keys()];
      const encode = (text: string) => new TextEncoder().encode(text);
      const tokenizerFile = (list: unknown) =>
        encode(
          `{"model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":${vocab},"merges":${JSON.stringify(list)}}}`,
        );
      for (const files of [
        [encode(`#version: 0.2\n${merges.join('\n')}\n`), encode(vocab)],
        [tokenizerFile(merges)],
        [tokenizerFile(merges.map((merge) => merge.split(' ')))],
      ]) {
        const read = await readClipVocabulary(files);
        expect(read.ids).toEqual(vocabulary.ids);
        expect(read.ranks).toEqual(vocabulary.ranks);
      }
    });
  });
});

import { faceForensics, ffsc, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { defineModelConfig, deriveWordsTokenizer, modelPresets, tokenizePrompts } from '../index.js';
import { countTokens } from './tokenizer-config.js';

describe('the words tokenizer', () => {
  it('knows every word of the sentences once, whatever their order', () => {
    const vocabulary = ['<start>', 'a', 'face', 'fake', 'real', '<end>'];
    expect(deriveWordsTokenizer(['A fake face', 'a real  face']).vocabulary).toEqual(vocabulary);
    expect(deriveWordsTokenizer(['a real  face', 'A fake face']).vocabulary).toEqual(vocabulary);
  });

  it.each([faceForensics, ffsc])(
    'gives every prompt of a graph different tokens, ended by the greatest id',
    (graph) => {
      const config = defineModelConfig(modelPresets.tiny, graph);
      const { ids, count, length, ends } = tokenizePrompts(config, graph);
      const rows = Array.from({ length: count }, (_, row) => [...ids.subarray(row * length, (row + 1) * length)]);
      const end = countTokens(config.text.tokenizer) - 1;
      expect(new Set(rows.map(String)).size).toBe(graph.labels.length);
      expect(rows.map((row) => row.indexOf(end))).toEqual(ends);
      expect(rows.every((row) => row[0] === 0)).toBe(true);
      expect(Math.max(...ends)).toBe(length - 1); // cut to the longest prompt
    },
  );

  it('refuses a word that it does not know', () => {
    const config = defineModelConfig(modelPresets.tiny, faceForensics);
    expect(() => tokenizePrompts(config, ffsc)).toThrow(InvalidOptionError);
    expect(() => tokenizePrompts(config, ffsc)).toThrow("'age'");
  });

  it('refuses a prompt longer than the context', () => {
    const { text, ...rest } = modelPresets.tiny;
    const config = defineModelConfig({ ...rest, text: { ...text, contextLength: 5 } }, faceForensics);
    expect(() => tokenizePrompts(config, faceForensics)).toThrow('at most 5 tokens');
  });
});

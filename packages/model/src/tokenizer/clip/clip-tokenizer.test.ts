import { CheckpointFormatError, faceForensics, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { defineModelConfig, modelPresets, parseModelConfig, tokenizePrompts } from '../../index.js';
import { byteSymbols } from './clip-vocabulary.js';
import { deriveClipTokenizer } from './derive-clip-tokenizer.js';
import { encodeClipText } from './encode-clip-text.js';
import { readClipVocabulary } from './read-clip-vocabulary.js';

const encode = (text: string) => new TextEncoder().encode(text);
const merges = ['f a', 'k e</w>', 'fa ke</w>'];
const small = encode(`#version: 0.2\n${merges.join('\n')}\n`);

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe("CLIP's vocabulary", () => {
  it('is bytes, bytes that end a word, merges, start and end', async () => {
    const { ids } = await readClipVocabulary([small]);
    expect(ids.size).toBe(2 * byteSymbols.size + merges.length + 2);
    expect(ids.get('!')).toBe(0);
    expect(ids.get('fake</w>')).toBe(514);
    expect(ids.get('<|endoftext|>')).toBe(ids.size - 1);
  });

  it('merges the pair of lowest rank first', async () => {
    const vocabulary = await readClipVocabulary([small]);
    const { ids } = vocabulary;
    expect(encodeClipText(vocabulary, ' FAKE  fak\n')).toEqual([515, 514, ids.get('fa'), ids.get('k</w>'), 516]);
  });

  it.each([
    ['no file', []],
    ['two lists of merges', [small, small]],
    ['a merge of unknown symbols', [encode('#version\nxx yy\n')]],
    ['a merge twice', [encode('f a\nf a\n')]],
    ['no JSON', [encode('{"model": ')]],
    ['another kind of tokenizer', [encode('{"model":{"type":"WordPiece","vocab":{}}}')]],
    ['an empty vocabulary', [encode('{}'), small]],
    ['text that is not UTF-8', [Uint8Array.of(0xff, 0xfe, 0x20)]],
    ['a damaged gzip file', [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0)]],
  ])('refuses %s', async (_, files) => {
    await expect(readClipVocabulary(files)).rejects.toThrow(CheckpointFormatError);
  });

  it('refuses a gzip file that grows without end', async () => {
    await expect(readClipVocabulary([await gzip(new Uint8Array(4_000_000))])).rejects.toThrow('more than 8 times');
  });

  it('refuses a text without end', async () => {
    const vocabulary = await readClipVocabulary([small]);
    expect(() => encodeClipText(vocabulary, 'x'.repeat(5_001))).toThrow(InvalidOptionError);
  });
});

describe('a model with the tokenizer of CLIP', () => {
  const { text, ...rest } = modelPresets.tiny;
  const tokenizer = deriveClipTokenizer(faceForensics.prompts);
  const config = defineModelConfig({ ...rest, text: { ...text, contextLength: 77, tokenizer } }, faceForensics);

  it('encodes the prompts of its graph, cut to the longest', () => {
    const { ids, length, ends } = tokenizePrompts(config, faceForensics);
    expect(length).toBe(17);
    expect([...ids.subarray(0, 8)]).toEqual([49406, 320, 1125, 539, 320, 5777, 1710, 49407]);
    expect(ends[0]).toBe(7);
  });

  it('comes back from JSON', () => {
    expect(parseModelConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('refuses a sentence that it does not hold', () => {
    const one = deriveClipTokenizer(['A photo of a fake face']);
    const other = { ...config, text: { ...config.text, tokenizer: one } };
    expect(() => tokenizePrompts(other, faceForensics)).toThrow(InvalidOptionError);
    expect(() => deriveClipTokenizer(['A photo of a forged face'])).toThrow("'A photo of a forged face'");
  });

  it.each([
    ['an id that is too great', [49406, 49408, 49407]],
    ['no end token', [49406, 320]],
    ['two end tokens', [49406, 49407, 49407]],
    ['no ids', []],
  ])('refuses sentences with %s', (_, ids) => {
    const wrong = { ...config, text: { ...config.text, tokenizer: { ...tokenizer, sentences: { a: ids } } } };
    expect(() => parseModelConfig(wrong)).toThrow(CheckpointFormatError);
  });
});

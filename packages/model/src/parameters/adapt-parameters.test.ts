import { wasm } from '@sofd/backend-wasm';
import { createRandom, defineLabelGraph, faceForensics, ffsc, InvalidOptionError } from '@sofd/core';
import { assertNoLeak, disposeTree, flattenTree, readTensor, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaptModelConfig } from '../config/adapt-model-config.js';
import { defineModelConfig, type ModelConfig, type ModelConfigInput } from '../config/model-config.js';
import { modelPresets } from '../config/model-presets.js';
import { deriveClipTokenizer } from '../tokenizer/clip/derive-clip-tokenizer.js';
import { encodeSentence } from '../tokenizer/tokenizer-config.js';
import { adaptParameters } from './adapt-parameters.js';
import { createParameters } from './model-parameters.js';
import type { WeightArray, WeightArrays } from './weight-arrays.js';

const words = defineModelConfig(modelPresets.tiny, faceForensics);
/** CLIP's tokenizer with few tokens: ids below 40 by the word's length. */
const clipOf = (size: number): ModelConfig => {
  const sentences = Object.fromEntries(
    faceForensics.prompts.map((prompt) => [
      prompt,
      [size - 2, ...prompt.split(' ').map(({ length }) => length), size - 1],
    ]),
  );
  const text = { ...modelPresets.tiny.text, contextLength: 30, tokenizer: { kind: 'clip' as const, size, sentences } };
  return defineModelConfig({ ...modelPresets.tiny, text }, faceForensics);
};

async function weightsOf(config: ModelConfig): Promise<WeightArrays> {
  const params = createParameters(config, createRandom('old'));
  const arrays: Record<string, WeightArray> = {};
  for (const [name, leaf] of flattenTree(params))
    arrays[name] = { shape: leaf.shape, data: Float32Array.from(await readTensor(leaf)) };
  disposeTree(params);
  return arrays;
}

/** Adapted parameters as arrays, and the report. */
async function adapt(from: ModelConfig, to: ModelConfig) {
  const tensors = await weightsOf(from);
  const { params, report } = adaptParameters({ config: from, tensors }, to, createRandom('new'));
  const arrays: Record<string, Float32Array> = {};
  for (const [name, leaf] of flattenTree(params)) arrays[name] = Float32Array.from(await readTensor(leaf));
  disposeTree(params);
  return { tensors, arrays, report };
}

beforeAll(async () => {
  await useBackend(wasm());
});

describe('a model for another graph', () => {
  it('keeps the row of every word that both know, and draws those of new ones', async () => {
    const config = adaptModelConfig(words, ffsc);
    const { tensors, arrays, report } = await adapt(words, config);
    const vocabularyOf = ({ text: { tokenizer } }: ModelConfig) =>
      tokenizer.kind === 'words' ? tokenizer.vocabulary : [];
    const [before, after] = [vocabularyOf(words), vocabularyOf(config)];
    const added = after.filter((word) => !before.includes(word));
    expect(added).toEqual(['age', 'gender', 'pose']);
    expect(report.extended).toEqual([{ name: 'text.tokenEmbedding', newRows: 3, rows: after.length }]);
    expect(report.fresh).toEqual([]);

    const row = (values: Float32Array, index: number) => values.slice(index * 64, (index + 1) * 64);
    const [old, now] = [tensors['text.tokenEmbedding']!.data, arrays['text.tokenEmbedding']!];
    for (const [index, word] of after.entries()) {
      const values = row(now, index);
      if (before.includes(word)) expect(values).toEqual(row(old, before.indexOf(word)));
      else expect(values.some((value) => value !== 0)).toBe(true);
    }
    for (const name of report.taken) expect(arrays[name]).toEqual(tensors[name]!.data);
    expect(report.taken.length).toBe(Object.keys(tensors).length - 1);
  });

  it('keeps the positions of a shorter context', async () => {
    const graph = defineLabelGraph({
      primary: { prompt: 'A photo of a {label} face', label: 'fake' },
      global: {
        prompt: 'A face whose {label} was altered in one of the ways that are not a matter of the light',
        labels: { age: ['eye'] },
      },
      local: { prompt: 'A face with an altered {label}', labels: ['eye'] },
    });
    const config = adaptModelConfig(words, graph);
    expect(config.text.contextLength).toBe(21);
    const { tensors, arrays, report } = await adapt(words, config);
    const old = tensors['text.positions']!.data;
    expect(report.extended).toContainEqual({
      name: 'text.positions',
      newRows: 21 - words.text.contextLength,
      rows: 21,
    });
    expect(arrays['text.positions']!.slice(0, old.length)).toEqual(old);
    expect(arrays['text.positions']!.slice(old.length).every((value) => value !== 0)).toBe(true);
  });

  it('of CLIP takes every parameter, and learns the ids of sentences of published words', async () => {
    const tokenizer = deriveClipTokenizer(faceForensics.prompts);
    const config = { ...words, text: { ...words.text, contextLength: 77, tokenizer } };
    const adapted = adaptModelConfig(config, ffsc);
    for (const prompt of ffsc.prompts)
      expect(encodeSentence(adapted.text.tokenizer, prompt)).toEqual(deriveClipTokenizer([prompt]).sentences[prompt]);
    const { report } = await adapt(clipOf(40), clipOf(40));
    expect([report.extended, report.fresh]).toEqual([[], []]);
    const unknown = defineLabelGraph({
      primary: { prompt: 'A photo of a {label} face', label: 'fake' },
      global: { prompt: 'A face whose {label} was altered', labels: { gaze: ['eye'] } },
      local: { prompt: 'A face with an altered {label}', labels: ['eye'] },
    });
    expect(() => adaptModelConfig(config, unknown)).toThrow(InvalidOptionError);
    expect(() => adaptModelConfig(config, unknown)).toThrow("'A face whose gaze was altered'");
  });
});

describe('another model', () => {
  const wider: ModelConfigInput = { ...modelPresets.tiny, vision: { ...modelPresets.tiny.vision, width: 128 } };

  it('takes what fits, and the report names the rest with both shapes', async () => {
    const { report } = await adapt(words, defineModelConfig({ ...wider, preset: 'cosine' }, faceForensics));
    expect(report.taken.every((name) => name.startsWith('text.'))).toBe(true);
    expect(report.fresh).toContainEqual({ name: 'vision.classToken', shape: [128], found: [64] });
    expect(report.fresh).toContainEqual({ name: 'head.logitScale', shape: [], found: null });
  });

  it('takes no token embedding from another tokenizer, though the shape be equal', async () => {
    const { tokenizer } = words.text;
    const size = tokenizer.kind === 'words' ? tokenizer.vocabulary.length : 0;
    const { report } = await adapt(words, clipOf(size));
    expect(report.fresh.map(({ name }) => name)).toEqual(['text.tokenEmbedding']);
  });

  it('leaves no tensor behind', async () => {
    const tensors = await weightsOf(words);
    await assertNoLeak(async () =>
      disposeTree(adaptParameters({ config: words, tensors }, adaptModelConfig(words, ffsc), createRandom(1)).params),
    );
  });
});

import { faceForensics } from '@sofd/core';
import { describeOracle } from '@sofd-internal/oracle';
import { expect, it } from 'vitest';
import { defineModelConfig } from '../config/model-config.js';
import { modelPresets } from '../config/model-presets.js';
import { modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import { deriveClipTokenizer } from '../tokenizer/clip/derive-clip-tokenizer.js';
import { matchKeys, resolveShape } from './keys/match-keys.js';
import { openAiKeys } from './keys/openai-keys.js';
import { countElements, type StoredTensors } from './weight-file.js';

interface Published {
  readonly num_parameters: number;
  readonly state_dict: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

const sizesOf = (specs: ReadonlyMap<string, { readonly shape: readonly number[] }>) =>
  new Map([...specs].map(([name, { shape }]) => [name, countElements(shape)]));

describeOracle('clip_b32_shapes', (group) => {
  const presets = { 'ViT-B-32.json': 'ViT-B/32', 'ViT-B-16.json': 'ViT-B/16', 'ViT-L-14.json': 'ViT-L/14' } as const;
  it.each(Object.entries(presets))('%s: the preset %s has the published tensors', (file, preset) => {
    const { state_dict, num_parameters } = group.json<Published>(file);
    const read = () => Promise.reject(new Error('shapes only'));
    const tensors: StoredTensors = new Map(state_dict.map(({ name, shape }) => [name, { dtype: 'F32', shape, read }]));
    const { problems, rules, sizes } = matchKeys(openAiKeys, tensors);
    expect(problems).toEqual([]);

    const { text, ...rest } = modelPresets[preset];
    const tokenizer = deriveClipTokenizer(faceForensics.prompts);
    const config = defineModelConfig(
      { ...rest, preset: 'cosine', text: { ...text, contextLength: 77, tokenizer } },
      faceForensics,
    );
    const specs = flattenSpecs(modelSpecs(config));
    const published = rules.map(({ parameter, keys, shape }) => {
      const part = countElements(resolveShape(shape, sizes) as readonly number[]);
      return [parameter, keys.length * part] as const;
    });
    expect(new Map(published)).toEqual(sizesOf(specs));
    expect([...sizesOf(specs).values()].reduce((sum, size) => sum + size, 0)).toBe(num_parameters);
  });
});

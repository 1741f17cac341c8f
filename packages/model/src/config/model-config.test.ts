import { faceForensics, InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { defineModelConfig, type ModelConfigInput, modelPresets, parseModelConfig } from '../index.js';
import { modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';

describe('defineModelConfig', () => {
  it.each(Object.entries(modelPresets))('completes the preset %s to JSON that a checkpoint can store', (_, preset) => {
    const config = defineModelConfig(preset, faceForensics);
    expect(parseModelConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
    expect(config.text.contextLength).toBe(15);
  });

  it('has the heads of CLIP', () => {
    const { vision, text } = defineModelConfig(modelPresets['ViT-L/14'], faceForensics);
    expect([vision, text]).toMatchObject([
      { heads: 16, width: 1024 },
      { heads: 12, width: 768 },
    ]);
  });

  it.each([
    { imageSize: 40, patchSize: 8, width: 24, depth: 2, heads: 3 },
    { imageSize: 30, patchSize: 5, width: 100, depth: 1 },
    { imageSize: 336, patchSize: 14, width: 1024, depth: 24 },
    { imageSize: 7, patchSize: 7, width: 1, depth: 3 },
  ])('takes any sizes: %o', (sizes) => {
    const { imageSize, patchSize, width, depth } = sizes;
    const config = defineModelConfig({ ...modelPresets.tiny, vision: { kind: 'vit', ...sizes } }, faceForensics);
    const shapes = new Map([...flattenSpecs(modelSpecs(config))].map(([name, { shape }]) => [name, shape]));
    expect(shapes.get('vision.patchProjection')).toEqual([3 * patchSize ** 2, width]);
    expect(shapes.get('vision.positions')).toEqual([(imageSize / patchSize) ** 2 + 1, width]);
    expect(shapes.get('vision.projection')).toEqual([width, config.embedDim]);
    expect(shapes.get(`vision.blocks.${depth - 1}.attention.input.weight`)).toEqual([width, 3 * width]);
    expect(shapes.get(`vision.blocks.${depth - 1}.expand.weight`)).toEqual([width, 4 * width]);
    expect(shapes.has(`vision.blocks.${depth}.expand.weight`)).toBe(false);
  });

  it('reports all problems at once', () => {
    const wrong = {
      embedDim: 0,
      vision: { kind: 'vit', imageSize: 100, patchSize: 16, width: 64, depth: 1, dropout: 0.1 },
      text: { width: 64 },
    } as unknown as ModelConfigInput;
    expect(() => defineModelConfig(wrong, faceForensics)).toThrow(InvalidOptionError);
    for (const key of ['embedDim', 'text.depth', 'dropout']) {
      expect(() => defineModelConfig(wrong, faceForensics)).toThrow(key);
    }
  });

  it.each([
    [{ kind: 'vit', imageSize: 100, patchSize: 16, width: 64, depth: 1 }, 'multiple of patchSize'],
    [{ kind: 'vit', imageSize: 32, patchSize: 16, width: 64, depth: 1, heads: 3 }, 'multiple of heads'],
    [{ kind: 'pooled-stem', pooledBlocks: [1, 2] }, 'greatest of pooledBlocks'],
  ] as const)('refuses %o', (vision, message) => {
    expect(() => defineModelConfig({ ...modelPresets.tiny, vision } as ModelConfigInput, faceForensics)).toThrow(
      message,
    );
  });
});

import { faceForensics } from '@sofd/core';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defineModelConfig, type ModelConfigInput, modelPresets } from '../index.js';
import { modelSpecs } from './model-parameters.js';
import { flattenSpecs } from './parameter-spec.js';
import { createTrainableFilter, type Trainable, trainableSchema } from './trainable.js';

const deep: ModelConfigInput = {
  preset: 'cosine',
  embedDim: 8,
  vision: { kind: 'vit', imageSize: 32, patchSize: 16, width: 16, depth: 3 },
  text: { width: 8, depth: 2 },
};

function namesOf(input: ModelConfigInput, trainable: Trainable): readonly string[] {
  const config = defineModelConfig(input, faceForensics);
  return [...flattenSpecs(modelSpecs(config)).keys()].filter(createTrainableFilter(config, trainable));
}

const head = ['vision.projection', 'text.projection', 'head.logitScale'];
const parts = (names: readonly string[]) =>
  [
    ...new Set(
      names.map((name) =>
        name
          .split('.')
          .slice(0, name.includes('blocks') ? 3 : 2)
          .join('.'),
      ),
    ),
  ].sort();

describe('the parameters that train', () => {
  it('are all of a vision transformer by default', () => {
    const config = defineModelConfig(deep, faceForensics);
    expect(namesOf(deep, 'all')).toEqual([...flattenSpecs(modelSpecs(config)).keys()]);
  });

  it('are the projections and the scale in a linear probe', () => {
    expect(namesOf(deep, 'head')).toEqual(head);
  });

  it('are the layer norms and the head', () => {
    const norms = namesOf(deep, 'layer-norms').filter((name) => !head.includes(name));
    // Two a block, one before and one after the image blocks, one after the text blocks; each has gain and bias.
    expect(norms).toHaveLength(2 * (2 * (3 + 2) + 3));
    expect(norms.every((name) => /norm\w+\.(gain|bias)$/.test(name))).toBe(true);
  });

  it.each([
    [1, ['vision.blocks.2', 'text.blocks.1']],
    [2, ['vision.blocks.1', 'vision.blocks.2', 'text.blocks.0', 'text.blocks.1']],
    [9, ['vision.blocks.0', 'vision.blocks.1', 'vision.blocks.2', 'text.blocks.0', 'text.blocks.1']],
  ])('are the last %i blocks of each encoder, the norm behind them, and the head', (lastBlocks, blocks) => {
    const names = namesOf(deep, { lastBlocks });
    expect(parts(names)).toEqual([...blocks, ...head, 'vision.normAfter', 'text.normAfter'].sort());
    const inBlocks = (all: readonly string[]) => all.filter((name) => blocks.some((block) => name.startsWith(block)));
    expect(inBlocks(names)).toEqual(inBlocks(namesOf(deep, 'all')));
  });

  it.each(['all', 'head', 'layer-norms', { lastBlocks: 1 }] as const)(
    'never are a convolutional stem: %o',
    (choice) => {
      const vision = namesOf(modelPresets.demo, choice).filter((name) => name.startsWith('vision.'));
      expect(vision).toEqual(['vision.projection.weight', 'vision.projection.bias']);
    },
  );

  it.each(['none', { lastBlocks: 0 }, { lastBlocks: 1.5 }, { blocks: 1 }])('cannot be chosen by %o', (choice) => {
    expect(v.safeParse(trainableSchema, choice).success).toBe(false);
  });
});

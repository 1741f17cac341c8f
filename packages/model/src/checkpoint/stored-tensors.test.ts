import { faceForensics as graph } from '@sofd/core';
import { expect, it } from 'vitest';
import { defineModelConfig } from '../config/model-config.js';
import { modelPresets } from '../config/model-presets.js';
import { describeStoredTensors } from './stored-tensors.js';

it('has a scale for each output channel of an int8 matrix, convolutions of one filter a channel among them', () => {
  const config = defineModelConfig(modelPresets.demo, graph);
  const infos = describeStoredTensors({ graph, config, precision: 'int8' });
  const describe = (name: string) => [infos.get(name), infos.get(`${name}.scale`)];
  const block = 'vision.stem.blocks.0';
  expect(describe(`${block}.depthwise.filter`)).toEqual([
    { dtype: 'I8', shape: [3, 3, 32, 1] },
    { dtype: 'F32', shape: [32] },
  ]);
  expect(describe(`${block}.pointwise.filter`)).toEqual([
    { dtype: 'I8', shape: [1, 1, 32, 64] },
    { dtype: 'F32', shape: [64] },
  ]);
  expect(describe(`${block}.pointwise.bias`)).toEqual([{ dtype: 'F32', shape: [64] }, undefined]);
  expect(describe('textEmbeddings')).toEqual([{ dtype: 'F32', shape: [10, 64] }, undefined]);
});

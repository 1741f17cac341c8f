import { createRandom, faceForensics as graph } from '@sofd/core';
import { assertNoLeak, countTensors, disposeTree, flattenTree, readTensor, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineModelConfig, type ModelConfig } from '../config/model-config.js';
import { modelPresets } from '../config/model-presets.js';
import { createParameters } from '../parameters/model-parameters.js';
import type { WeightArray, WeightArrays } from '../parameters/weight-arrays.js';
import { tokenizePrompts } from '../tokenizer/tokenize-prompts.js';
import { computeImageLogits, computeTextEmbeddings, type Question } from './compute-answers.js';

beforeAll(() => useBackend(reference()));

/** Ids of which the prompts have few. */
const tokenizer = {
  kind: 'clip' as const,
  size: 40,
  sentences: Object.fromEntries(graph.prompts.map((prompt, index) => [prompt, [38, index, 39]])),
};
const { vision, text, embedDim } = modelPresets.tiny;
const defineDeep = (depth: number) =>
  defineModelConfig({ embedDim, vision: { ...vision, depth }, text: { ...text, tokenizer, depth } }, graph);
const image = new Float32Array(32 * 32 * 3).fill(0.5);

async function computeAnswers(question: Question) {
  const textEmbeddings = await computeTextEmbeddings(question);
  return { textEmbeddings, logits: await computeImageLogits(question, textEmbeddings) };
}

async function createWeights(config: ModelConfig): Promise<Record<string, WeightArray>> {
  const params = createParameters(config, createRandom(1));
  const weights: Record<string, WeightArray> = {};
  for (const [name, tensor] of flattenTree(params))
    weights[name] = { shape: tensor.shape, data: await readTensor(tensor) };
  disposeTree(params);
  return weights;
}

/** The most tensors that are alive when a parameter is asked for. */
async function countAtOnce(config: ModelConfig): Promise<{ readonly most: number; readonly asked: number }> {
  const weights = await createWeights(config);
  const [before, asked] = [countTensors(), new Set<string>()];
  let most = 0;
  const watched: WeightArrays = new Proxy(weights, {
    get: (target, name: string) => {
      asked.add(name);
      most = Math.max(most, countTensors() - before);
      return target[name];
    },
  });
  await assertNoLeak(async () => void (await computeAnswers({ graph, config, weights: watched, image })));
  return { most, asked: asked.size };
}

describe('the answers of a model off the device', () => {
  it('has the parameters of one block on the engine at once however deep the model is', async () => {
    const [shallow, deep] = [await countAtOnce(defineDeep(2)), await countAtOnce(defineDeep(7))];
    expect(deep.asked).toBe(shallow.asked + 2 * 5 * 12); // two towers, five more blocks, twelve parameters each
    expect(deep.most).toBe(shallow.most + 5); // what each block of a tower hands to the next
  });

  it('gives the engine no row of the token embedding that the prompts do not have', async () => {
    const config = defineDeep(1);
    const weights = await createWeights(config);
    const expected = await computeAnswers({ graph, config, weights, image });
    const { shape, data } = weights['text.tokenEmbedding']!;
    const used = new Set(tokenizePrompts(config, graph).ids);
    const [rows = 0, width = 0] = shape;
    expect(used.size).toBeLessThan(rows);
    // The reference engine looks rows up by a product, so that a row of NaN would be in every result.
    const poisoned = data.map((value, index) => (used.has(Math.floor(index / width)) ? value : Number.NaN));
    const answers = await computeAnswers({
      ...{ graph, config, image },
      weights: { ...weights, 'text.tokenEmbedding': { shape, data: poisoned } },
    });
    expect(answers).toEqual(expected);
  });
});

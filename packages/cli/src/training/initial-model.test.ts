import { wasm } from '@sofd/backend-wasm';
import { createRandom, faceForensics, ffsc } from '@sofd/core';
import { adaptModelConfig, type Checkpoint, createParameters, defineModelConfig, modelPresets } from '@sofd/model';
import { assertNoLeak, disposeTree, flattenTree, readTensor, useBackend } from '@sofd/tensor';
import { beforeAll, expect, it } from 'vitest';
import { CommandError } from '../command-error.js';
import { createInitialParameters } from './initial-model.js';

const config = defineModelConfig(modelPresets.tiny, faceForensics);
let checkpoint: Checkpoint;

beforeAll(async () => {
  await useBackend(wasm());
  const params = createParameters(config, createRandom('checkpoint'));
  const tensors: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
  for (const [name, leaf] of flattenTree(params))
    tensors[name] = { shape: leaf.shape, data: Float32Array.from(await readTensor(leaf)) };
  disposeTree(params);
  checkpoint = { config, tensors, graph: faceForensics, manifest: { name: 'trained' } } as unknown as Checkpoint;
});

it('starts from a checkpoint and says what is new', async () => {
  const lines: string[] = [];
  const options = { seed: 1, checkpoint, log: (line: string) => lines.push(line) };
  const params = await createInitialParameters(adaptModelConfig(config, ffsc), options);
  const leaves = flattenTree(params);
  expect(Float32Array.from(await readTensor(leaves.get('vision.classToken')!))).toEqual(
    checkpoint.tensors['vision.classToken']!.data,
  );
  disposeTree(params);
  const [tokens] = leaves.get('text.tokenEmbedding')!.shape;
  expect(lines).toEqual([
    `Starts from trained: ${leaves.size - 1} of ${leaves.size} parameters taken whole.`,
    `  text.tokenEmbedding: 3 of ${tokens} rows new`,
  ]);
});

it('refuses a checkpoint of which nothing fits, and leaves no tensor behind', async () => {
  const { vision, text } = modelPresets.tiny;
  const other = defineModelConfig(
    { embedDim: 24, vision: { ...vision, width: 128 }, text: { ...text, width: 128 } },
    faceForensics,
  );
  await assertNoLeak(async () => {
    const attempt = createInitialParameters(other, { seed: 1, checkpoint, log: () => undefined });
    await expect(attempt).rejects.toBeInstanceOf(CommandError);
    await expect(attempt).rejects.toThrow('trained that shares none');
  });
});

it('starts from random parameters without one', async () => {
  const params = await createInitialParameters(config, { seed: 1, checkpoint: undefined, log: () => undefined });
  const expected = createParameters(config, createRandom(1).split('parameters'));
  const [first, second] = [params, expected].map((tree) => flattenTree(tree).get('vision.classToken')!);
  expect(await readTensor(first!)).toEqual(await readTensor(second!));
  for (const tree of [params, expected]) disposeTree(tree);
});

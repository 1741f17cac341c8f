import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTensors, decodeSafetensors, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { getKernel } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profileKernels } from '../contenders/profile-kernels.js';
import { type Inputs, provideInputs } from './inputs.js';
import { startWork } from './run-work.js';
import type { VitShape } from './vit-shape.js';
import { constants, type Work } from './work.js';

const shape: VitShape = { name: 'Tiny', imageSize: 16, patchSize: 8, width: 64, depth: 1, heads: 2, embedDim: 3 };
let folder: string;
let inputs: Inputs;

async function start(work: Work) {
  return startWork(work, { weights: await readFile(inputs.weights), images: await readFile(inputs.images) });
}

beforeAll(async () => {
  await useBackend(reference());
  folder = await mkdtemp(join(tmpdir(), 'sofd-bench-'));
  inputs = await provideInputs(shape, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('provideInputs', () => {
  test('writes equal files again, and no constant parameter', async () => {
    const again = await mkdtemp(join(tmpdir(), 'sofd-bench-'));
    const { weights, images } = await provideInputs(shape, again);
    expect((await readFile(weights)).equals(await readFile(inputs.weights))).toBe(true);
    expect((await readFile(images)).equals(await readFile(inputs.images))).toBe(true);
    await rm(again, { recursive: true });
    const { tensors } = decodeSafetensors(await readFile(inputs.weights));
    for (const { data } of Object.values(tensors)) expect(new Set(data as Float32Array).size).toBeGreaterThan(1);
  });
});

describe('startWork', () => {
  test('forward: an embedding for each image, the same every time', async () => {
    const { answer } = await start({ kind: 'forward', shape, batch: 2 });
    const { answer: ofOne } = await start({ kind: 'forward', shape, batch: 1 });
    expect(answer).toHaveLength(2 * shape.embedDim);
    // The reference engine sums each row alone, so a batch changes nothing.
    expect(answer.slice(0, shape.embedDim)).toEqual(ofOne);
  });

  test('training step: the loss falls, and runs leak nothing', async () => {
    const { answer, run } = await start({ kind: 'training step', shape, batch: 4 });
    expect(answer).toHaveLength(constants.answerSteps);
    expect([...answer].sort((a, b) => b - a)).toEqual(answer);
    const before = countTensors();
    await run();
    expect(countTensors()).toBe(before);
  });

  test('AdamW: joined or not, the update is the same', async () => {
    const [joined, apart] = await Promise.all([
      start({ kind: 'AdamW', shape, joined: true }),
      start({ kind: 'AdamW', shape, joined: false }),
    ]);
    expect(joined.answer.length).toBeGreaterThan(1);
    expect(joined.answer).toEqual(apart.answer);
    const before = countTensors();
    await joined.run();
    expect(countTensors()).toBe(before);
  });

  test('profileKernels counts the kernels of a run, and takes its clocks away again', async () => {
    const { run } = await start({ kind: 'forward', shape, batch: 1 });
    const stock = getKernel('Concat', 'cpu').kernelFunc;
    const { milliseconds, kernels } = await profileKernels('cpu', run, 2);
    const calls = Object.fromEntries(kernels.map(({ name, calls }) => [name, calls]));
    expect(calls.Concat).toBe(1);
    expect(kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0)).toBeLessThanOrEqual(milliseconds);
    expect(getKernel('Concat', 'cpu').kernelFunc).toBe(stock);
  });
});

import type { Progress, ProgressEvent } from '@sofd/core';
import { clearCachedWeights } from '@sofd/model';
import { countTensors } from '@sofd/tensor';
import { afterEach, expect, it, vi } from 'vitest';
import { buildTinyFiles, buildTinySource, drawPicture } from '../test/tiny-checkpoint.js';
import { createDetector } from './create-detector.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it('answers in a browser on the first engine that gives the known answer, and says why on no other', async () => {
  const model = await buildTinySource();
  const before = countTensors();
  const detector = await createDetector({ model });
  const order = ['webgpu', 'wasm'];
  expect(detector.info.rejected.map(({ name }) => name)).toEqual(order.slice(0, order.indexOf(detector.info.engine)));
  const { width, height, data } = drawPicture(1);
  const pixels = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++)
    pixels.data.set([...data.subarray(3 * pixel, 3 * pixel + 3), 255], 4 * pixel);
  const fromPage = await detector.detect(pixels, { crop: 'none' });
  const fromPixels = await detector.detect({ width, height, data }, { crop: 'none' });
  expect(fromPage).toEqual(fromPixels);
  expect((await detector.detect(pixels)).verdict).toBe('no-face');
  await detector.dispose();
  expect(countTensors()).toBe(before);
});

it('refuses the engines that only Node has', async () => {
  const model = await buildTinySource();
  await expect(createDetector({ model, engine: 'native' })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});

it('says what is wrong with the address of a model', async () => {
  await expect(createDetector({ model: '/no/such/model' })).rejects.toMatchObject({ code: 'CHECKPOINT_FORMAT' });
  await expect(createDetector({ model: 'http://' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

it('fetches the weights once where they are cached, and tells how many bytes have come', async () => {
  const files = new Map(Object.entries(await buildTinyFiles()));
  const requests: string[] = [];
  const { fetch } = globalThis;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (address, init) => {
    const name = /\/models\/tiny\/(.*)/.exec(String(address))?.[1];
    if (name === undefined) return fetch(address, init);
    requests.push(name);
    return new Response(files.get(name) as Uint8Array<ArrayBuffer>);
  });
  const total = files.get('model.safetensors')!.length;
  const create = async () => {
    const events: ProgressEvent[] = [];
    const onProgress: Progress = (event) => events.push(event);
    const detector = await createDetector({ model: '/models/tiny/', engine: 'wasm', cache: 'opfs', onProgress });
    await detector.dispose();
    const ofModel = events.filter(({ stage }) => stage === 'model');
    expect(ofModel[0]).toEqual({ stage: 'model', done: 0, total });
    expect(ofModel.at(-1)).toEqual({ stage: 'model', done: total, total, note: 'tiny-1' });
    return detector.info.cache;
  };
  await clearCachedWeights();
  expect(await create()).toEqual({ status: 'stored' });
  expect(await create()).toEqual({ status: 'hit' });
  expect(requests).toEqual(['manifest.json', 'model.safetensors', 'manifest.json']);
  await clearCachedWeights();
});

import { countTensors } from '@sofd/tensor';
import { expect, it } from 'vitest';
import { buildTinySource, drawPicture } from '../test/tiny-checkpoint.js';
import { createDetector } from './create-detector.js';

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

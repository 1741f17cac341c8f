import { webgpu } from '@sofd/backend-webgpu';
import { DeviceLostError, OutOfMemoryError } from '@sofd/core';
import {
  countTensors,
  layerNorm,
  mul,
  ones,
  readTensor,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  tile,
  useBackend,
  zeros,
} from '@sofd/tensor';
import { engine } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebgpuBackend } from './tfjs-backend.js';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const deviceOf = () => (engine().backend as unknown as WebgpuBackend).device;
const normalise = (x: Tensor) => tidy(() => layerNorm(x, { gain: ones([2]), bias: zeros([2]) }));

/** 1 GiB, which software drivers refuse. Computed on the device, so that nothing of that size is on the CPU. */
const createTooMuch = () => tidy(() => sum(tile(ones([1, 2 ** 14]), [2 ** 14, 1])));

describe.skipIf(!availability.available)(`a lost device${reason}`, () => {
  afterEach(() => expect(countTensors()).toBe(0));

  test('fails reads and operations with a typed error, and is replaced by the next useBackend', async () => {
    const first = await useBackend(webgpu());
    const x = tensor([[1, 3]]);
    const y = normalise(x);
    deviceOf().destroy();
    await expect(readTensor(y)).rejects.toBeInstanceOf(DeviceLostError);
    await expect(first.lost).resolves.toBeInstanceOf(DeviceLostError);
    await expect(readTensor(y)).rejects.toThrow(/call useBackend again and load the model anew\.$/);
    for (const operation of [() => normalise(x), () => mul(x, 2), () => tensor([1])]) {
      expect(operation).toThrow(DeviceLostError);
    }

    const second = await useBackend(webgpu());
    expect(() => square(x)).toThrow(DeviceLostError);
    await expect(readTensor(x)).rejects.toBeInstanceOf(DeviceLostError);
    const z = tensor([[1, 3]]);
    const normal = normalise(z);
    expect([...(await readTensor(normal))].map(Math.round)).toEqual([-1, 1]);
    for (const one of [x, y, z, normal]) one.dispose();
    // Ends nothing that others use.
    await first.dispose();
    expect(await squareOfThree()).toBe(9);
    await second.dispose();
  });

  test('is not reported when the engine was disposed of', async () => {
    const use = await useBackend(webgpu());
    let isLost = false;
    use.lost?.then(() => {
      isLost = true;
    });
    const { lost } = deviceOf();
    await use.dispose();
    await lost;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isLost).toBe(false);
  });

  test('can be disposed of without a successor', async () => {
    const use = await useBackend(webgpu());
    const x = tidy(() => mul(tensor([1, 2]), 3));
    deviceOf().destroy();
    await use.lost;
    await use.dispose();
    x.dispose();
  });
});

describe.skipIf(!availability.available)(`memory that a device does not have${reason}`, () => {
  afterEach(() => expect(countTensors()).toBe(0));

  test('is reported by the next read, and what is computed afterwards is right', async () => {
    const use = await useBackend(webgpu());
    for (const time of ['first', 'second']) {
      const tooMuch = createTooMuch();
      await expect(readTensor(tooMuch), time).rejects.toBeInstanceOf(OutOfMemoryError);
      await expect(readTensor(tooMuch), `${time}, again`).rejects.toBeInstanceOf(OutOfMemoryError);
      expect(() => square(tooMuch), `${time}, used`).toThrow(OutOfMemoryError);
      tooMuch.dispose();
      expect(await squareOfThree()).toBe(9);
    }
    await use.dispose();
  });

  test('is reported at once where a single tensor exceeds what the device allows', async () => {
    const use = await useBackend(webgpu());
    expect(() => tidy(() => tile(ones([1, 2 ** 14]), [2 ** 15, 1]))).toThrow(OutOfMemoryError);
    await use.dispose();
  });
});

async function squareOfThree(): Promise<number | undefined> {
  const result = tidy(() => square(tensor([3])));
  const [value] = await readTensor(result);
  result.dispose();
  return value;
}

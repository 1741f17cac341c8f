import { webgpu } from '@sofd/backend-webgpu';
import { DeviceLostError } from '@sofd/core';
import { type ActiveBackend, mul, readTensor, tensor, tidy, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { engine, env } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebgpuBackend } from './tfjs-backend.js';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const isSlow = availability.available && availability.detail.includes('software');
const isLeftOut = ({ heavy = false }) => isSlow && heavy;

describe.skipIf(!availability.available)(`webgpu engine in the browser conforms${reason}`, () => {
  let use: ActiveBackend;

  beforeAll(async () => {
    use = await useBackend(webgpu());
    // Otherwise products this small never reach the GPU.
    env().set('WEBGPU_CPU_FORWARD', false);
  });

  afterAll(() => use.dispose());

  test.each(conformanceCases.filter((one) => !isLeftOut(one)))('$name', ({ run }) => run());
  test.skip.each(conformanceCases.filter(isLeftOut))('$name (skipped: slow in software)', () => {});
});

describe.skipIf(!availability.available)(`a device lost in the browser${reason}`, () => {
  test('is a typed error, and replaced by the next useBackend', async () => {
    const first = await useBackend(webgpu());
    const double = () => tidy(() => mul(tensor([1, 2]), 2));
    const x = double();
    (engine().backend as unknown as WebgpuBackend).device.destroy();
    await expect(readTensor(x)).rejects.toBeInstanceOf(DeviceLostError);
    expect(double).toThrow(DeviceLostError);
    const second = await useBackend(webgpu());
    const y = double();
    expect([...(await readTensor(y))]).toEqual([2, 4]);
    for (const one of [x, y]) one.dispose();
    for (const one of [first, second]) await one.dispose();
  });
});

import { webgpu } from '@sofd/backend-webgpu';
import { countTensors, readTensor, scalar, square, useBackend } from '@sofd/tensor';
import { afterEach, describe, expect, test } from 'vitest';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe('webgpu().probe()', () => {
  test('says what was found, or why nothing was and what to do', () => {
    if (availability.available) expect(availability.detail).not.toBe('');
    else expect(availability.remedy).toMatch(/\.$/);
  });
});

describe.skipIf(!availability.available)(`webgpu()${reason}`, () => {
  afterEach(() => expect(countTensors()).toBe(0));

  test('starts again after it was disposed of, and leaves the global navigator as it was', async () => {
    const before = Object.hasOwn(globalThis, 'navigator');
    for (let i = 0; i < 2; i += 1) {
      const engine = await useBackend(webgpu());
      expect(engine).toMatchObject({ name: 'webgpu', tfjsBackend: 'webgpu' });
      const [x, y] = [scalar(3), scalar(4)];
      const z = square(y);
      expect((await readTensor(z))[0]).toBe(16);
      for (const one of [x, y, z]) one.dispose();
      await engine.dispose();
      expect(Object.hasOwn(globalThis, 'navigator')).toBe(before);
    }
  });
});

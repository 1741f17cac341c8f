import { tensorflow } from '@sofd/backend-node';
import { countTensors, readTensor, tensor, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { prelu, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const availability = await tensorflow().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason}. ${availability.remedy})`;

/** `max(x, 0) + alpha min(x, 0)` of one engine; the engine is closed again, and keeps no tensor. */
async function computePrelu(
  backend: ReturnType<typeof reference>,
  x: readonly number[],
  { shape, alpha, alphaShape }: { shape: number[]; alpha: readonly number[]; alphaShape: number[] },
): Promise<number[]> {
  const engine = await useBackend(backend);
  const before = countTensors();
  const operands = [tensor([...x], shape), tensor([...alpha], alphaShape)] as [Tensor, Tensor];
  const result = prelu(...operands);
  const values = [...(await readTensor(result))];
  for (const one of [...operands, result]) one.dispose();
  expect(countTensors()).toBe(before);
  await engine.dispose();
  return values;
}

describe.skipIf(!availability.available)(`tensorflow's Prelu${reason}`, () => {
  const x = Array.from({ length: 24 }, (_, i) => 3 * Math.sin(7 * i) - (i % 5 === 0 ? 1e4 : 0));

  test.each([
    ['a slope a channel', [1, 2, 3, 4], [0.25, -0.5, 0, 1.5], [1, 1, 4]],
    ['a slope a value', [4, 6], x.map((_, i) => i / 24), [4, 6]],
    ['one slope', [24], [0.1], [1]],
  ] as const)('equals the reference engine with %s', async (_, shape, alpha, alphaShape) => {
    const slopes = { shape: [...shape], alpha, alphaShape: [...alphaShape] };
    const expected = await computePrelu(reference(), x, slopes);
    const got = await computePrelu(tensorflow(), x, slopes);
    expect(got).toHaveLength(24);
    // One product is rounded, and one difference of it and 0: the same numbers, but for the sign of zero.
    expect(got.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  });

  test('keeps 0 and numbers above it as they are', async () => {
    const values = [0, 1e-30, 2 ** -126, 1, 3e38];
    const slopes = { shape: [5], alpha: [0.5], alphaShape: [1] };
    expect(await computePrelu(tensorflow(), values, slopes)).toEqual([...Float32Array.from(values)]);
  });
});

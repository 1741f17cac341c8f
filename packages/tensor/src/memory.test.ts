import { ShapeMismatchError } from '@sofd/core';
import { assertNoLeak, cast, countTensors, readTensor, scalar, tensor, tensorFrom, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { beforeAll, describe, expect, test } from 'vitest';

beforeAll(async () => {
  expect(countTensors()).toBe(0);
  await useBackend(reference());
});

describe('tensorFrom and readTensor', () => {
  test('return what was put in', async () => {
    const values = Float32Array.of(1, 2.5, -3, 0, 1e-30, 7);
    const x = tensorFrom(values, [2, 3]);
    expect(x.shape).toEqual([2, 3]);
    expect(await readTensor(x)).toEqual(values);
    x.dispose();
  });

  test('read integers and booleans as floats', async () => {
    const x = tensor([1, 0, 2], [3], 'int32');
    const y = cast(x, 'bool');
    expect(await readTensor(x)).toEqual(Float32Array.of(1, 0, 2));
    expect(await readTensor(y)).toEqual(Float32Array.of(1, 0, 1));
    for (const one of [x, y]) one.dispose();
  });

  test('refuse a shape that the values do not fill', () => {
    expect(() => tensorFrom(new Float32Array(5), [2, 3])).toThrow(ShapeMismatchError);
  });
});

describe('assertNoLeak', () => {
  test('returns the result of a function that leaves nothing', async () => {
    expect(await assertNoLeak(async () => 5)).toBe(5);
  });

  test('fails when a tensor is left', async () => {
    const left: { dispose(): void }[] = [];
    const leak = assertNoLeak(async () => {
      left.push(scalar(1));
    });
    await expect(leak).rejects.toMatchObject({ code: 'TENSOR_LEAK' });
    for (const one of left) one.dispose();
  });
});

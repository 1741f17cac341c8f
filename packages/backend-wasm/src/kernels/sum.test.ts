import { wasm } from '@sofd/backend-wasm';
import { type ActiveBackend, readTensor, useBackend } from '@sofd/tensor';
import { cast, range, reshape, sum } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let engine: ActiveBackend;

beforeAll(async () => {
  engine = await useBackend(wasm());
});

afterAll(() => engine.dispose());

/** The sums of 0, 1, 2, …, laid out in a shape, over some of its axes. */
function sumPlain(shape: readonly number[], axes: readonly number[]): number[] {
  const sums = new Map<string, number>();
  const size = shape.reduce((a, b) => a * b, 1);
  for (let at = 0; at < size; at += 1) {
    let rest = at;
    const index = shape.toReversed().map((extent) => {
      const i = rest % extent;
      rest = (rest - i) / extent;
      return i;
    });
    const key = index
      .toReversed()
      .filter((_, axis) => !axes.includes(axis))
      .join();
    sums.set(key, (sums.get(key) ?? 0) + at);
  }
  return [...sums.values()];
}

describe('Sum', () => {
  // Leading ones, in any order and from the end; others, which the stock kernel computes.
  test.each([
    { shape: [7, 5], axes: [0] },
    { shape: [7, 5], axes: [-2] },
    { shape: [4, 3, 6], axes: [0] },
    { shape: [4, 3, 6], axes: [1, 0] },
    { shape: [9, 1], axes: [0] },
    { shape: [1, 9], axes: [0] },
    { shape: [130, 37], axes: [0] },
    { shape: [4, 3, 6], axes: [1] },
    { shape: [4, 3, 6], axes: [2] },
    { shape: [4, 3, 6], axes: [0, 2] },
    { shape: [4, 3, 6], axes: [0, 1, 2] },
  ])('$shape over $axes', async ({ shape, axes }) => {
    const flat = range(
      0,
      shape.reduce((a, b) => a * b),
      1,
      'float32',
    );
    const x = reshape(flat, shape);
    const positive = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
    const [total, kept] = [sum(x, axes), sum(x, axes, true)];
    expect(total.shape).toEqual(shape.filter((_, axis) => !positive.includes(axis)));
    expect(kept.shape).toEqual(shape.map((extent, axis) => (positive.includes(axis) ? 1 : extent)));
    // Whole numbers below 2^24 are exact.
    expect([...(await readTensor(total))]).toEqual(sumPlain(shape, positive));
    expect(await readTensor(kept)).toEqual(await readTensor(total));
    for (const tensor of [flat, x, total, kept]) tensor.dispose();
  });

  test('of no rows is zero, and of integers an integer', async () => {
    const empty = reshape(range(0, 0, 1, 'float32'), [0, 3]);
    expect([...(await readTensor(sum(empty, 0)))]).toEqual([0, 0, 0]);
    const whole = cast(reshape(range(0, 6, 1, 'int32'), [3, 2]), 'int32');
    const total = sum(whole, 0);
    expect(total.dtype).toBe('int32');
    expect([...(await readTensor(total))]).toEqual([6, 9]);
  });
});

import { wasm } from '@sofd/backend-wasm';
import { type ActiveBackend, countTensors, readTensor, useBackend } from '@sofd/tensor';
import { range, reshape, slice } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let engine: ActiveBackend;

beforeAll(async () => {
  engine = await useBackend(wasm());
});

afterAll(() => engine.dispose());

/** A shape of up to four dimensions, and a part of each. */
const parts = fc.array(
  fc.integer({ min: 1, max: 5 }).chain((extent) =>
    fc.integer({ min: 0, max: extent }).chain((start) =>
      fc.record({
        extent: fc.constant(extent),
        start: fc.constant(start),
        size: fc.integer({ min: 0, max: extent - start }),
      }),
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

type Parts = readonly { readonly extent: number; readonly start: number; readonly size: number }[];

/** The numbers of the part, when each number is its own index. */
const expectedOf = (dimensions: Parts): number[] =>
  dimensions.reduce<number[]>(
    (indices, { extent, start, size }) =>
      indices.flatMap((index) => Array.from({ length: size }, (_, i) => index * extent + start + i)),
    [0],
  );

describe('Slice', () => {
  test.each(['float32', 'int32'] as const)('takes the part that is asked for, %s', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(parts, async (dimensions) => {
        const shape = dimensions.map(({ extent }) => extent);
        const flat = range(
          0,
          shape.reduce((a, b) => a * b),
          1,
          dtype,
        );
        const x = reshape(flat, shape);
        const part = slice(
          x,
          dimensions.map(({ start }) => start),
          dimensions.map(({ size }) => size),
        );
        expect(part.shape).toEqual(dimensions.map(({ size }) => size));
        expect(part.dtype).toBe(dtype);
        expect([...(await readTensor(part))]).toEqual(expectedOf(dimensions));
        for (const tensor of [flat, x, part]) tensor.dispose();
      }),
    );
    expect(countTensors()).toBe(0);
  });

  test('takes what is left where a size is -1', async () => {
    const x = range(0, 7, 1, 'float32');
    const part = slice(x, 3, -1);
    expect([...(await readTensor(part))]).toEqual([3, 4, 5, 6]);
    x.dispose();
    part.dispose();
  });
});

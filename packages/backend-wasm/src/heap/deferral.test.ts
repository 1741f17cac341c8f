import { wasm } from '@sofd/backend-wasm';
import { type ActiveBackend, countTensors, readTensor, useBackend } from '@sofd/tensor';
import {
  add,
  conv2d,
  engine,
  memory,
  relu,
  reshape,
  type Tensor3D,
  type Tensor4D,
  tensor3d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDeferral } from './deferral.js';
import type { WasmHeap } from './wasm-heap.js';

let active: ActiveBackend;

beforeEach(async () => {
  active = await useBackend(wasm({ threads: 1 }));
});

afterEach(() => active.dispose());

const count = () => [countTensors(), memory().numDataBuffers, engine().backend.numDataIds()];

/** A pointwise convolution of two positions with one channel: what is put off until it is read. */
const double = (x: Tensor3D): Tensor4D =>
  tidy(() => conv2d(reshape(x, [1, 1, 2, 1]), tensor4d([2], [1, 1, 1, 1]), 1, 'valid'));

describe('work that is put off', () => {
  test('is done when the result is read, also when what it reads was disposed of', async () => {
    const before = count();
    const x = tensor3d([3, -4], [1, 2, 1]);
    const y = double(x);
    x.dispose();
    expect([...(await readTensor(y))]).toEqual([6, -8]);
    y.dispose();
    expect(count()).toEqual(before);
  });

  test('is dropped with its result', () => {
    const before = count();
    const x = tensor3d([3, -4], [1, 2, 1]);
    const y = double(x);
    x.dispose();
    y.dispose();
    expect(count()).toEqual(before);
  });

  test('is kept for the others that share the data', async () => {
    const before = count();
    const x = tensor3d([3, -4], [1, 2, 1]);
    const y = double(x);
    const [copy, flat] = [y.clone(), reshape(y, [2])];
    x.dispose();
    y.dispose();
    copy.dispose();
    expect([...(await readTensor(flat))]).toEqual([6, -8]);
    flat.dispose();
    expect(count()).toEqual(before);
  });

  test('is done for each of those who need it', async () => {
    const before = count();
    const x = tensor3d([3, -4], [1, 2, 1]);
    const y = double(x);
    const positive = relu(y);
    const sum = add(positive, y);
    for (const part of [x, y, positive]) part.dispose();
    expect([...(await readTensor(sum))]).toEqual([12, -8]);
    sum.dispose();
    expect(count()).toEqual(before);
  });

  test('is done before the engine ends', async () => {
    const x = tensor3d([3, -4], [1, 2, 1]);
    const y = double(x);
    x.dispose();
    await active.dispose();
    active = await useBackend(wasm({ threads: 1 }));
    expect([...(await readTensor(y))]).toEqual([6, -8]);
    y.dispose();
  });

  test('is tried again where it failed', async () => {
    const before = count();
    const x = tensor3d([1], [1, 1, 1]);
    let tries = 0;
    createDeferral(engine().backend as never as WasmHeap).defer(x, {
      ...{ shape: x.shape, reads: [] },
      write() {
        tries += 1;
        if (tries === 1) throw new Error('no memory');
      },
    });
    expect(() => x.dataSync()).toThrow('no memory');
    expect([...(await readTensor(x))]).toEqual([1]);
    expect(tries).toBe(2);
    x.dispose();
    expect(count()).toEqual(before);
  });

  test('passes on what is not a number and what is not finite', async () => {
    const x = tensor4d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1], [1, 1, 4, 1]);
    const y = tidy(() => relu(add(conv2d(x, tensor4d([1], [1, 1, 1, 1]), 1, 'valid'), tensor4d([1], [1, 1, 1, 1]))));
    expect([...(await readTensor(y))]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, 2]);
    x.dispose();
    y.dispose();
  });
});

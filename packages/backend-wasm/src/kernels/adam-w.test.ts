import { wasm } from '@sofd/backend-wasm';
import { OutOfMemoryError } from '@sofd/core';
import {
  type ActiveBackend,
  countTensors,
  freezeParameters,
  matMul,
  readTensor,
  reshape,
  type Tensor,
  tensor,
  useBackend,
} from '@sofd/tensor';
import { createAdamW, type OptimizerState } from '@sofd/tensor/training';
import { clone, engine } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { WasmHeap } from '../heap/wasm-heap.js';

let active: ActiveBackend;

beforeAll(async () => {
  active = await useBackend(wasm());
});

afterAll(() => active.dispose());
afterEach(() => expect(countTensors()).toBe(0));

const heap = () => engine().backend as unknown as WasmHeap & { numDataIds(): number };
const placeOf = ({ dataId }: Tensor) => heap().dataIdMap.get(dataId).memoryOffset;

const numbers = (count: number, seed: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 7 + seed));

const optimizer = createAdamW({ learningRate: 0.1, weightDecay: 0.1 });

interface Leaf {
  readonly x: Tensor;
}

/** A parameter of 5 numbers after one update, so that no memory is shared any more. */
function start() {
  const gradient = tensor(numbers(5, 2), [5]);
  const first = { x: tensor(numbers(5, 1), [5]) };
  const { params, state } = optimizer.update(first, { x: gradient }, optimizer.init(first), { donate: true });
  return { gradient, params, state };
}

const tensorsOf = (params: Leaf, { m, v }: OptimizerState): Tensor[] =>
  [params, m, v].map((tree) => (tree as unknown as Leaf).x);

const disposeAll = (tensors: readonly Tensor[]) => {
  for (const one of tensors) one.dispose();
};

describe('a donated update', () => {
  test('writes over the memory that it was given, under new names', async () => {
    const { gradient, params, state } = start();
    const old = tensorsOf(params, state);
    const places = old.map(placeOf);
    const { numTensors, numBytes } = engine().memory();
    const numData = heap().numDataIds();
    const copy = tensor(await readTensor(params.x), [5]);
    const apart = optimizer.update({ x: copy }, { x: gradient }, state);
    const next = optimizer.update(params, { x: gradient }, state, { donate: true });
    const made = tensorsOf(next.params, next.state);
    expect(made.map(placeOf)).toEqual(places);
    expect(made.every(({ dataId }, i) => dataId !== old[i]?.dataId)).toBe(true);
    expect(await readTensor(next.params.x)).toEqual(await readTensor(apart.params.x));
    disposeAll([copy, ...tensorsOf(apart.params, apart.state)]);
    expect(engine().memory()).toMatchObject({ numTensors, numBytes });
    expect(heap().numDataIds()).toBe(numData);

    // What was given away is dead: disposing of it once more frees nothing.
    const free = vi.spyOn(heap().wasm, '_free');
    disposeAll(old);
    expect(free).not.toHaveBeenCalled();
    free.mockRestore();
    disposeAll([gradient, ...made]);
  });

  test('copies what others still share', async () => {
    const { gradient, params, state } = start();
    const [shared, reshaped] = [clone(params.x), reshape(state.m.x as Tensor, [1, 5])];
    const before = [await readTensor(shared), await readTensor(reshaped)];
    const places = tensorsOf(params, state).map(placeOf);
    const next = optimizer.update(params, { x: gradient }, state, { donate: true });
    const made = tensorsOf(next.params, next.state);
    expect(made.map((one, i) => placeOf(one) === places[i])).toEqual([false, false, true]);
    expect([await readTensor(shared), await readTensor(reshaped)]).toEqual(before);
    disposeAll([gradient, shared, reshaped, ...made]);
  });

  test('copies the first average, which is the parameter itself', async () => {
    const averaging = createAdamW({ learningRate: 0.1, emaDecay: 0.5 });
    const params = { x: tensor([1, 2], [2]) };
    const gradient = tensor([1, -1], [2]);
    const { params: next, state } = averaging.update(params, { x: gradient }, averaging.init(params), { donate: true });
    const [parameter, average] = [next.x, state.ema?.x as Tensor];
    // The first step has the length of the learning rate.
    for (const [i, expected] of [0.9, 2.1].entries()) {
      expect((await readTensor(parameter))[i]).toBeCloseTo(expected, 6);
      expect((await readTensor(average))[i]).toBeCloseTo((expected + [1, 2][i]!) / 2, 6);
    }
    disposeAll([gradient, average, ...tensorsOf(next, state)]);
  });

  test('frees the copy of a frozen parameter, and products use the new one', async () => {
    const x = tensor([1, 0, 0, 1], [2, 2]);
    const params = { x: tensor([1, 2, 3, 4], [2, 2]) };
    freezeParameters(params);
    const [malloc, free] = [vi.spyOn(heap().wasm, '_malloc'), vi.spyOn(heap().wasm, '_free')];
    const before = matMul(x, params.x);
    // The result, and the copy of the weights.
    const copy = malloc.mock.results.at(-1)?.value;
    expect(malloc).toHaveBeenCalledTimes(2);
    const gradient = tensor([1, 1, 1, 1], [2, 2]);
    const { params: next, state } = optimizer.update(params, { x: gradient }, optimizer.init(params), { donate: true });
    expect(free.mock.calls.flat()).toContain(copy);
    const after = matMul(x, next.x);
    expect(await readTensor(after)).toEqual(await readTensor(next.x));
    vi.restoreAllMocks();
    disposeAll([x, before, after, gradient, ...tensorsOf(next, state)]);
  });

  test('takes nothing when there is too little memory for the rest', async () => {
    const { gradient, params, state } = start();
    const shared = clone(state.v.x as Tensor);
    const old = tensorsOf(params, state);
    const before = await Promise.all(old.map(readTensor));
    const malloc = vi.spyOn(heap().wasm, '_malloc').mockImplementation(() => {
      throw new OutOfMemoryError('wasm memory: none');
    });
    expect(() => optimizer.update(params, { x: gradient }, state, { donate: true })).toThrow(OutOfMemoryError);
    malloc.mockRestore();
    expect(await Promise.all(old.map(readTensor))).toEqual(before);
    disposeAll([gradient, shared, ...old]);
  });
});

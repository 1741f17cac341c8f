import { InvalidOptionError, ShapeMismatchError, UnsupportedOpError } from '@sofd/core';
import {
  conv2d,
  countTensors,
  disposeTree,
  mul,
  type ParameterTree,
  readTensor,
  scalar,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  useBackend,
  zeros,
} from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { createAdamW, createSgd, type Optimizer, type Vjp, valueAndGradients, vjp } from '@sofd/tensor/training';
import type { Rank } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

beforeAll(async () => {
  await useBackend(reference());
});
afterEach(() => expect(countTensors()).toBe(0));

const first = async (x: Tensor) => (await readTensor(x))[0] ?? Number.NaN;

describe('valueAndGradients', () => {
  test('differentiates a loss of a nested tree', async () => {
    const params = { x: scalar(3), list: [{ y: tensor([1, 2]) }] };
    const { value, gradients } = valueAndGradients(({ x, list }) => sum(mul(x, (list[0] as { y: Tensor }).y)), params);
    expect(await first(value)).toBe(9);
    expect(await first(gradients.x)).toBe(3);
    expect([...(await readTensor(gradients.list[0]?.y as Tensor))]).toEqual([3, 3]);
    for (const tree of [params, gradients, { value }]) disposeTree(tree);
  });

  test('gives zeros for a parameter that the loss does not use', async () => {
    const params = { used: scalar(2), unused: tensor([1, 2]) };
    const { value, gradients } = valueAndGradients(({ used }) => square(used), params);
    expect([...(await readTensor(gradients.unused))]).toEqual([0, 0]);
    for (const tree of [params, gradients, { value }]) disposeTree(tree);
  });

  test('leaves nothing behind inside an outer tidy', () => {
    tidy(() => {
      valueAndGradients(({ x }) => square(x), { x: scalar(1) });
    });
  });

  test('refuses a loss that is not a float scalar', () => {
    const params = { x: tensor([1, 2]) };
    expect(() => valueAndGradients(({ x }) => square(x), params)).toThrow(ShapeMismatchError);
    expect(() => valueAndGradients(() => undefined as never, params)).toThrow(ShapeMismatchError);
    expect(() => valueAndGradients(() => zeros([], 'int32'), params)).toThrow(ShapeMismatchError);
    disposeTree(params);
  });

  test('names an operation that has no gradient', () => {
    const params = { filter: zeros([1, 1, 1, 1]) };
    const attempt = () =>
      tidy(() => {
        const image = zeros<Rank.R4>([1, 2, 2, 1]);
        valueAndGradients(({ filter }) => sum(conv2d(image, filter as typeof image, 1, 'same')), params);
      });
    expect(attempt).toThrow(UnsupportedOpError);
    expect(attempt).toThrow('Conv2D');
    disposeTree(params);
  });
});

describe('vjp', () => {
  const params = () => ({ x: tensor([1, 2]), y: scalar(3) });
  const f = ({ x, y }: { x: Tensor; y: Tensor }) => mul(square(x), y); // [3, 12]

  test('pulls back any number of cotangents, after time has passed', async () => {
    const given = params();
    const pass = vjp(f, given);
    expect([...(await readTensor(pass.value))]).toEqual([3, 12]);
    for (const [v, dx, dy] of [
      [[1, 0], [6, 0], 1],
      [[0, 1], [0, 12], 4],
      [[2, -1], [12, -12], -2],
    ] as const) {
      const cotangent = tensor([...v]);
      const gradients = pass.pullback(cotangent);
      expect([...(await readTensor(gradients.x))]).toEqual(dx);
      expect(await first(gradients.y)).toBe(dy);
      expect([...(await readTensor(cotangent))]).toEqual(v);
      for (const tree of [gradients, { cotangent }]) disposeTree(tree);
    }
    pass.dispose();
    disposeTree(given);
  });

  test('keeps two passes apart, and outlives a tidy', async () => {
    const given = params();
    const [one, other] = tidy(() => [vjp(f, given), vjp(({ x }) => sum(x), given)] as never) as unknown as Vjp<
      typeof given
    >[];
    const seed = scalar(1);
    const late = other!.pullback(seed);
    expect([...(await readTensor(late.x))]).toEqual([1, 1]);
    expect(await first(late.y)).toBe(0);
    other!.dispose();
    const ones = tensor([1, 1]);
    const early = one!.pullback(ones);
    expect([...(await readTensor(early.x))]).toEqual([6, 12]);
    one!.dispose();
    for (const tree of [given, late, early, { seed, ones }]) disposeTree(tree);
  });

  test('leaves parameters that it returns to their owner', async () => {
    const given = params();
    const pass = vjp(({ x }) => x, given);
    pass.dispose();
    expect([...(await readTensor(given.x))]).toEqual([1, 2]);
    disposeTree(given);
  });
});

/** Minimises x squared from 2 by hand-written gradients; returns x after every step. */
async function descend(
  optimizer: Optimizer,
  steps: number,
  learningRate?: (step: number) => number,
): Promise<number[]> {
  let params: { x: Tensor } = { x: scalar(2) };
  let state = optimizer.init(params);
  const path: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const gradients = { x: mul(params.x, 2) };
    const next = optimizer.update(params, gradients, state, { learningRate: learningRate?.(step) });
    for (const tree of [params, gradients, state.m, state.v]) disposeTree(tree);
    ({ params, state } = next);
    path.push(await first(params.x));
  }
  for (const tree of [params, state.m, state.v]) disposeTree(tree);
  expect(state.step).toBe(steps);
  return path;
}

/** A path of x in float64 under a rule that is given x, its gradient and the step from 1. */
function walk(rule: (x: number, gradient: number, step: number) => number, steps: number): number[] {
  const path: number[] = [];
  for (let [step, x] = [1, 2]; step <= steps; step += 1) {
    x = rule(x, 2 * x, step);
    path.push(x);
  }
  return path;
}

/** Every step rounds a handful of float32 operations on numbers up to 2. */
function expectClose(got: readonly number[], expected: readonly number[]): void {
  expected.forEach((value, i) => {
    expect(Math.abs((got[i] ?? Number.NaN) - value)).toBeLessThan(2 ** -24 * 2 * 10 * (i + 1));
  });
}

describe('createAdamW', () => {
  test('follows the decoupled rule with decay before the step and epsilon outside the root', async () => {
    const [rate, decay, epsilon, beta1, beta2] = [0.1, 0.2, 0.3, 0.9, 0.99];
    let [m, v] = [0, 0];
    const expected = walk((x, gradient, step) => {
      m = beta1 * m + (1 - beta1) * gradient;
      v = beta2 * v + (1 - beta2) * gradient ** 2;
      const denominator = Math.sqrt(v) / Math.sqrt(1 - beta2 ** step) + epsilon;
      return x * (1 - rate * decay) - ((rate / (1 - beta1 ** step)) * m) / denominator;
    }, 12);
    const optimizer = createAdamW({ learningRate: rate, betas: [beta1, beta2], epsilon, weightDecay: decay });
    expectClose(await descend(optimizer, 12), expected);
  });

  test('takes a first step of the length of the learning rate, that of the schedule where there is one', async () => {
    const optimizer = createAdamW({ learningRate: 0.1 });
    expectClose(await descend(optimizer, 1), [1.9]);
    expectClose(await descend(optimizer, 1, () => 0.5), [1.5]);
  });

  test('refuses rates out of range, all at once', () => {
    expect(() => createAdamW({ learningRate: Number.NaN, betas: [1, 0.9] })).toThrow(InvalidOptionError);
    expect(() => createAdamW({ learningRate: -1, betas: [1, 0.9] })).toThrow('learningRate -1, beta1 1');
  });

  test('refuses a state of other parameters', () => {
    const optimizer = createAdamW({ learningRate: 0.1 });
    const params = { x: scalar(1) };
    expect(() => optimizer.update(params, params, { step: 0, m: {}, v: {} })).toThrow(ShapeMismatchError);
    disposeTree(params);
  });
});

describe('the running average of the parameters', () => {
  test('starts at the parameters and follows them', async () => {
    const optimizer = createAdamW({ learningRate: 0.5, emaDecay: 0.75 });
    const params = { x: scalar(2) };
    const gradients = { x: scalar(1) };
    const { params: next, state } = optimizer.update(params, gradients, optimizer.init(params), { donate: true });
    // The first step has the length of the learning rate, to float32's rounding of its parts.
    expectClose([await first(next.x), await first(state.ema?.x as Tensor)], [1.5, 0.75 * 2 + 0.25 * 1.5]);
    for (const tree of [next, gradients, state.m, state.v, state.ema as ParameterTree]) disposeTree(tree);
  });

  test('is neither invented nor carried on by an optimizer that was not asked for it', () => {
    const params = { x: scalar(2) };
    const averaging = createAdamW({ learningRate: 0.1, emaDecay: 0.9 });
    const plain = createAdamW({ learningRate: 0.1 });
    const states = { averaging: averaging.init(params), plain: plain.init(params) };
    expect(() => averaging.update(params, params, states.plain)).toThrow(ShapeMismatchError);
    const next = plain.update(params, params, states.averaging);
    expect(next.state.ema).toBeUndefined();
    for (const { m, v, ema = {} } of [states.averaging, states.plain, next.state]) {
      for (const tree of [m, v, ema]) disposeTree(tree);
    }
    for (const tree of [params, next.params]) disposeTree(tree);
  });
});

describe('createSgd', () => {
  test('follows the rule with momentum and weight decay', async () => {
    const [rate, momentum, decay] = [0.05, 0.8, 0.3];
    let velocity = 0;
    const expected = walk((x, gradient) => {
      velocity = momentum * velocity + gradient + decay * x;
      return x - rate * velocity;
    }, 12);
    expectClose(await descend(createSgd({ learningRate: rate, momentum, weightDecay: decay }), 12), expected);
  });

  test('without momentum keeps no state and steps along the gradient', async () => {
    expectClose(await descend(createSgd({ learningRate: 0.25 }), 3), [1, 0.5, 0.25]);
  });
});

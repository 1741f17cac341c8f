import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import type { ConformanceCase } from '../conformance-case.js';
import { withoutLeak } from '../resources.js';
import { failure } from '../tolerance.js';

const constant = (
  name: string,
  onEngine: (x: Tensor) => Tensor,
  [shape, values]: readonly [number[], number[]],
): Comparison => ({
  name: `creation: ${name}`,
  inputs: [{ shape: [2, 2] }],
  onEngine,
  onPlain: () => ({ shape, data: Float64Array.from(values) }),
  differentiable: false,
});

/** Arrays that are made, and converted, rather than computed. */
export const creationCases: readonly Comparison[] = [
  constant('scalar', () => ops.scalar(1.5), [[], [1.5]]),
  constant('tensor of nested lists', () => ops.tensor([[1], [2]]), [
    [2, 1],
    [1, 2],
  ]),
  constant('zeros', () => ops.zeros([2, 1]), [
    [2, 1],
    [0, 0],
  ]),
  constant('ones', () => ops.ones([3]), [[3], [1, 1, 1]]),
  constant('fill', () => ops.fill([3], -2.5), [[3], [-2.5, -2.5, -2.5]]),
  constant('zerosLike', (x) => ops.zerosLike(x), [
    [2, 2],
    [0, 0, 0, 0],
  ]),
  constant('onesLike', (x) => ops.onesLike(x), [
    [2, 2],
    [1, 1, 1, 1],
  ]),
  constant(
    'cast to whole numbers and back cuts fractions off',
    () => ops.cast(ops.cast(ops.tensor([1.9, -1.9, 0.2, 16777215]), 'int32'), 'float32'),
    [[4], [1, -1, 0, 16777215]],
  ),
  constant(
    'cast to truth values and back gives zeros and ones',
    () => ops.cast(ops.cast(ops.tensor([0, 2, -0.5]), 'bool'), 'float32'),
    [[3], [0, 1, 1]],
  ),
  constant('oneHot, with an index out of range', () => ops.oneHot(ops.tensor([2, 0, 3, -1], [2, 2], 'int32'), 3), [
    [2, 2, 3],
    [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
  ]),
];

/** Who disposes of what. */
export const ownershipCases: readonly ConformanceCase[] = [
  {
    name: 'ownership: tidy disposes of all but what it returns and what is under keep, dispose of the rest',
    run: () =>
      withoutLeak('ownership', async () => {
        let kept: Tensor | undefined;
        const returned = ops.tidy(() => {
          kept = ops.keep(ops.add(ops.scalar(1), 2));
          return ops.mul(kept, ops.scalar(3));
        });
        const values = [...(await returned.data()), ...(await (kept as Tensor).data())];
        if (values.join() !== '9,3') throw failure('ownership', '9, 3', values.join(', '));
        ops.dispose([returned, kept as Tensor]);
      }),
  },
];

import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../ops.js';
import type { Comparison } from './comparison.js';
import { matMulPlain, type Plain, reshapePlain, swapLast } from './plain.js';

const stacks: Readonly<Record<string, readonly number[]>> = {
  'two matrices': [],
  'a stack': [3],
  'a stack of stacks': [2, 3],
};

/** All ways of transposing, all ways of stacking; extents that no tile size divides. */
const matMulCases = Object.entries(stacks).flatMap(([stackName, stack]) =>
  [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB): Comparison => {
      const turned = [transposeA ? 'left transposed' : '', transposeB ? 'right transposed' : ''].filter(Boolean);
      return {
        name: `matMul: ${[stackName, ...turned].join(', ')}`,
        inputs: [
          { shape: [...stack, ...(transposeA ? [7, 5] : [5, 7])] },
          { shape: [...stack, ...(transposeB ? [3, 7] : [7, 3])] },
        ],
        onEngine: ((a: Tensor, b: Tensor) => ops.matMul(a, b, transposeA, transposeB)) as Comparison['onEngine'],
        onPlain: ((a: Plain, b: Plain) =>
          matMulPlain(transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b)) as Comparison['onPlain'],
        terms: 7,
      };
    }),
  ),
);

const sharedCases: readonly Comparison[] = [
  { left: [3, 5, 7], right: [1, 7, 4] },
  { left: [1, 5, 7], right: [3, 7, 4] },
  { left: [2, 3, 5, 7], right: [1, 1, 7, 4] },
  { left: [2, 3, 5, 7], right: [7, 4] },
].map(({ left, right }) => ({
  name: `matMul: [${left.join(', ')}] with the shared [${right.join(', ')}]`,
  inputs: [{ shape: left }, { shape: right }],
  onEngine: ((a: Tensor, b: Tensor) => ops.matMul(a, b)) as Comparison['onEngine'],
  onPlain: matMulPlain as Comparison['onPlain'],
  terms: 7 * 30,
}));

/** Large enough for the routines that engines keep for large products. */
const largeCases = [
  { left: [3, 17, 19], right: [3, 19, 13] },
  { left: [3, 17, 19], right: [19, 13] },
  { left: [1, 33, 40], right: [1, 40, 21] },
].flatMap(({ left, right }) =>
  [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB): Comparison => {
      const swap = (shape: readonly number[]) => [...shape.slice(0, -2), ...shape.slice(-2).reverse()];
      return {
        name: `matMul: large, [${left.join(', ')}]${transposeA ? ' from transposed' : ''} with [${right.join(', ')}]${transposeB ? ' from transposed' : ''}`,
        inputs: [{ shape: transposeA ? swap(left) : left }, { shape: transposeB ? swap(right) : right }],
        onEngine: ((a: Tensor, b: Tensor) => ops.matMul(a, b, transposeA, transposeB)) as Comparison['onEngine'],
        onPlain: ((a: Plain, b: Plain) =>
          matMulPlain(transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b)) as Comparison['onPlain'],
        terms: 40,
        differentiable: false,
      };
    }),
  ),
);

/** Products of matrices. */
export const productCases: readonly Comparison[] = [
  ...matMulCases,
  ...sharedCases,
  ...largeCases,
  {
    name: 'matMul: a vector as a matrix of one row',
    inputs: [{ shape: [1, 9] }, { shape: [9, 1] }],
    onEngine: ((a: Tensor, b: Tensor) => ops.matMul(a, b)) as Comparison['onEngine'],
    onPlain: ((a: Plain, b: Plain) => reshapePlain(matMulPlain(a, b), [1, 1])) as Comparison['onPlain'],
    terms: 9,
  },
];

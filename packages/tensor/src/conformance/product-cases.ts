import type { Tensor } from '@tensorflow/tfjs-core';
import { attention, causalMask, multiHeadAttention } from '../layers/attention.js';
import { embedTokens } from '../layers/embed-tokens.js';
import { linear } from '../layers/linear.js';
import * as ops from '../ops.js';
import type { Comparison } from './comparison.js';
import {
  build,
  concatPlain,
  elementwise,
  matMulPlain,
  type Plain,
  reshapePlain,
  slicePlain,
  softmaxPlain,
  swapLast,
} from './plain.js';

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

const affine = (x: Plain, weight: Plain, bias: Plain): Plain =>
  elementwise((value = 0, shift = 0) => value + shift)(matMulPlain(x, weight), bias);

const attentionPlain = ([query, key, value]: readonly [Plain, Plain, Plain], mask?: Plain): Plain => {
  const scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1);
  const scores = elementwise((score = 0, hidden = 0) => score * scale + hidden)(
    matMulPlain(query, swapLast(key)),
    mask ?? { shape: [], data: Float64Array.of(0) },
  );
  return matMulPlain(softmaxPlain(scores), value);
};

const causalPlain = (tokens: number): Plain =>
  build([tokens, tokens], (row = 0, column = 0) => (column > row ? -1e9 : 0));

/** Head by head on slices, unlike the engine's, which rearranges. */
const multiHeadPlain = (x: Plain, heads: number, [inWeight, inBias, outWeight, outBias]: readonly Plain[]): Plain => {
  const [batch = 0, tokens = 0, width = 0] = x.shape;
  const dim = width / heads;
  const projected = affine(x, inWeight as Plain, inBias as Plain);
  const part = (which: number, head: number) =>
    slicePlain(projected, [0, 0, which * width + head * dim], [batch, tokens, dim]);
  const perHead = Array.from({ length: heads }, (_, head) =>
    attentionPlain([part(0, head), part(1, head), part(2, head)], causalPlain(tokens)),
  );
  return affine(concatPlain(perHead, 2), outWeight as Plain, outBias as Plain);
};

const ids = Int32Array.of(4, 0, 2, 2, 5);

/** Products and the layers that are made of them. */
export const productCases: readonly Comparison[] = [
  ...matMulCases,
  ...sharedCases,
  ...largeCases,
  {
    name: 'linear: rows',
    inputs: [{ shape: [6, 5] }, { shape: [5, 4] }, { shape: [4] }],
    onEngine: ((x: Tensor, weight: Tensor, bias: Tensor) => linear(x, weight, bias)) as Comparison['onEngine'],
    onPlain: affine as Comparison['onPlain'],
    terms: 6,
  },
  {
    name: 'linear: a batch of sequences',
    inputs: [{ shape: [2, 3, 5] }, { shape: [5, 4] }, { shape: [4] }],
    onEngine: ((x: Tensor, weight: Tensor, bias: Tensor) => linear(x, weight, bias)) as Comparison['onEngine'],
    onPlain: affine as Comparison['onPlain'],
    terms: 6,
  },
  {
    name: 'linear: without bias',
    inputs: [{ shape: [2, 3, 5] }, { shape: [5, 4] }],
    onEngine: ((x: Tensor, weight: Tensor) => linear(x, weight)) as Comparison['onEngine'],
    onPlain: matMulPlain as Comparison['onPlain'],
    terms: 5,
  },
  {
    name: 'embedTokens: with a repeated token',
    inputs: [{ shape: [6, 3] }],
    onEngine: ((table: Tensor) => embedTokens(ids, table)) as Comparison['onEngine'],
    onPlain: (table) => build([5, 3], (row = 0, column = 0) => table?.data[(ids[row] ?? 0) * 3 + column] ?? 0),
    terms: 6,
  },
  {
    name: 'attention: without mask',
    inputs: [{ shape: [4, 5, 3] }, { shape: [4, 5, 3] }, { shape: [4, 5, 3] }],
    onEngine: ((...parts: [Tensor, Tensor, Tensor]) => attention(...parts)) as Comparison['onEngine'],
    onPlain: (...parts) => attentionPlain(parts as unknown as [Plain, Plain, Plain]),
    terms: 40,
  },
  {
    name: 'attention: causal',
    inputs: [{ shape: [4, 5, 3] }, { shape: [4, 5, 3] }, { shape: [4, 5, 3] }],
    onEngine: ((...parts: [Tensor, Tensor, Tensor]) =>
      attention(...parts, { mask: causalMask(5) })) as Comparison['onEngine'],
    onPlain: (...parts) => attentionPlain(parts as unknown as [Plain, Plain, Plain], causalPlain(5)),
    terms: 40,
  },
  {
    name: 'multiHeadAttention: causal, two heads',
    inputs: [{ shape: [2, 3, 4] }, { shape: [4, 12] }, { shape: [12] }, { shape: [4, 4] }, { shape: [4] }],
    onEngine: ((x: Tensor, ...[weight, bias, outWeight, outBias]: [Tensor, Tensor, Tensor, Tensor]) =>
      multiHeadAttention(
        x,
        { input: { weight, bias }, output: { weight: outWeight, bias: outBias } },
        { heads: 2, mask: causalMask(3) },
      )) as Comparison['onEngine'],
    onPlain: (x, ...parameters) => multiHeadPlain(x as Plain, 2, parameters),
    terms: 80,
  },
  {
    name: 'matMul: a vector as a matrix of one row',
    inputs: [{ shape: [1, 9] }, { shape: [9, 1] }],
    onEngine: ((a: Tensor, b: Tensor) => ops.matMul(a, b)) as Comparison['onEngine'],
    onPlain: ((a: Plain, b: Plain) => reshapePlain(matMulPlain(a, b), [1, 1])) as Comparison['onPlain'],
    terms: 9,
  },
];

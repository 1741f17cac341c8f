import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../ops.js';
import type { Comparison } from './comparison.js';
import {
  elementwise,
  maxOf,
  meanOf,
  minOf,
  type Plain,
  reducePlain,
  reshapePlain,
  softmaxPlain,
  sumOf,
} from './plain.js';

const reductions = {
  sum: { op: ops.sum, plain: sumOf },
  mean: { op: ops.mean, plain: meanOf },
  max: { op: ops.max, plain: maxOf },
  min: { op: ops.min, plain: minOf },
  logSumExp: { op: ops.logSumExp, plain: (values: readonly number[]) => Math.log(sumOf(values.map(Math.exp))) },
} as const;

/** Extents that no tile size of a kernel divides. */
const shape = [3, 7, 5];

const axisCases = Object.entries(reductions).flatMap(([name, { op, plain }]) =>
  [0, 1, 2].map(
    (axis): Comparison => ({
      name: `reduction: ${name} along axis ${axis}`,
      inputs: [{ shape }],
      onEngine: ((x: Tensor) => op(x, axis, axis === 1)) as Comparison['onEngine'],
      onPlain: ((x: Plain) => {
        const kept = reducePlain(x, axis, plain);
        return axis === 1 ? kept : reshapePlain(kept, shape.toSpliced(axis, 1));
      }) as Comparison['onPlain'],
      terms: 7,
    }),
  ),
);

/** Sums, extremes, and what is built on them. */
export const reductionCases: readonly Comparison[] = [
  ...axisCases,
  {
    name: 'reduction: sum over everything',
    inputs: [{ shape: [40, 33] }],
    onEngine: ((x: Tensor) => ops.sum(x)) as Comparison['onEngine'],
    onPlain: (x) => ({ shape: [], data: Float64Array.of(sumOf([...(x?.data ?? [])])) }),
    terms: 1320,
    differentiable: false,
  },
  {
    name: 'reduction: euclidean norm',
    inputs: [{ shape: [4, 6] }],
    onEngine: ((x: Tensor) => ops.norm(x)) as Comparison['onEngine'],
    onPlain: (x) => ({ shape: [], data: Float64Array.of(Math.hypot(...(x?.data ?? []))) }),
    terms: 24,
  },
  {
    name: 'reduction: softmax, with scores far apart',
    inputs: [{ shape: [2, 3, 7], low: -30, high: 30 }],
    onEngine: ((x: Tensor) => ops.softmax(x)) as Comparison['onEngine'],
    onPlain: softmaxPlain as Comparison['onPlain'],
    // exp of up to -60 errs by 3 + 2 * 60 units in the last place on a GPU.
    terms: 130,
  },
  {
    name: 'reduction: logSoftmax',
    inputs: [{ shape: [4, 6], low: -3, high: 3 }],
    onEngine: ((x: Tensor) => ops.logSoftmax(x)) as Comparison['onEngine'],
    onPlain: ((x: Plain) => elementwise((value = 0) => Math.log(value))(softmaxPlain(x))) as Comparison['onPlain'],
    terms: 6,
  },
];

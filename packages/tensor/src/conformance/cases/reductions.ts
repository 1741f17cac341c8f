import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import { elementwise, type Plain } from '../plain/plain.js';
import { reshapePlain } from '../plain/rearrange.js';
import {
  logSumExpOf,
  maxOf,
  meanOf,
  minOf,
  reducePlain,
  softmaxGradient,
  softmaxPlain,
  sumOf,
} from '../plain/reduce.js';

interface Reduction {
  readonly op: (x: Tensor, axis?: number, keepDims?: boolean) => Tensor;
  readonly plain: (values: readonly number[]) => number;
  /** The slope of the result with respect to one of n values. */
  readonly slope: (value: number, result: number, n: number) => number;
}

const reductions: Readonly<Record<string, Reduction>> = {
  sum: { op: ops.sum, plain: sumOf, slope: () => 1 },
  mean: { op: ops.mean, plain: meanOf, slope: (_value, _result, n) => 1 / n },
  max: { op: ops.max, plain: maxOf, slope: (value, result) => Number(value === result) },
  min: { op: ops.min, plain: minOf, slope: (value, result) => Number(value === result) },
  logSumExp: { op: ops.logSumExp, plain: logSumExpOf, slope: (value, result) => Math.exp(value - result) },
};

/** Along every axis of a small array, and on long lines: the few rows of a loss, the many of a bias. */
const lines = [
  { shape: [3, 7, 5], axes: [0, 1, 2] },
  { shape: [1, 1, 1], axes: [1] },
  { shape: [2049, 33], axes: [0] },
  { shape: [33, 2049], axes: [1] },
];

const axisCases = Object.entries(reductions).flatMap(([name, { op, plain, slope }]) =>
  lines.flatMap(({ shape, axes }) =>
    axes.map((axis): Comparison => {
      const extent = shape[axis] as number;
      return {
        name: `reduction: ${name} of [${shape.join(', ')}] along axis ${axis}`,
        inputs: [{ shape }],
        onEngine: (x: Tensor) => op(x, axis, axis === 1),
        onPlain: (x: Plain) => {
          const kept = reducePlain(x, axis, plain);
          return axis === 1 ? kept : reshapePlain(kept, shape.toSpliced(axis, 1));
        },
        plainGradients: ([x], dy) => {
          const kept = reducePlain(x as Plain, axis, plain);
          const slopes = elementwise((value = 0, result = 0, weight = 0) => slope(value, result, extent) * weight);
          return [slopes(x as Plain, kept, reshapePlain(dy, kept.shape))];
        },
        terms: extent,
        gradientTerms: extent,
      };
    }),
  ),
);

/** Sums, extremes, and what is built on them. */
export const reductionCases: readonly Comparison[] = [
  ...axisCases,
  {
    name: 'reduction: sum over everything',
    inputs: [{ shape: [40, 33] }],
    onEngine: (x) => ops.sum(x),
    onPlain: ({ data }) => ({ shape: [], data: Float64Array.of(sumOf([...data])) }),
    terms: 1320,
  },
  {
    name: 'reduction: norm, the euclidean one',
    inputs: [{ shape: [4, 6] }],
    onEngine: (x) => ops.norm(x),
    onPlain: ({ data }) => ({ shape: [], data: Float64Array.of(Math.hypot(...data)) }),
    terms: 24,
  },
  ...[
    [2, 3, 7],
    [3, 1],
    [37, 77],
  ].map(
    (shape): Comparison => ({
      name: `reduction: softmax of [${shape.join(', ')}], with scores far apart`,
      inputs: [{ shape, low: -30, high: 30 }],
      onEngine: (x) => ops.softmax(x),
      onPlain: softmaxPlain,
      plainGradients: ([x], dy) => [softmaxGradient(x as Plain, dy)],
      // exp of up to -60 errs by 3 + 2 * 60 units in the last place on a GPU; then a sum along a line.
      terms: 123 + 77,
      gradientTerms: 123 + 2 * 77,
    }),
  ),
  {
    name: 'reduction: logSoftmax',
    inputs: [{ shape: [4, 6], low: -3, high: 3 }],
    onEngine: (x) => ops.logSoftmax(x),
    onPlain: (x) => elementwise((value = 0) => Math.log(value))(softmaxPlain(x)),
    terms: 6,
  },
];

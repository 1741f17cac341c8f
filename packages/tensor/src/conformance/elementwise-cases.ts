import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../ops.js';
import type { Comparison } from './comparison.js';
import { elementwise } from './plain.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

interface Unary {
  readonly op: (x: Tensor) => Tensor;
  readonly plain: (x: number) => number;
  /** The range of the input: -2 to 2, or 0.2 to 3. */
  readonly positive?: boolean;
}

const unary: Readonly<Record<string, Unary>> = {
  abs: { op: (x) => ops.abs(x), plain: Math.abs },
  'clipByValue between -0.5 and 1': { op: (x) => ops.clipByValue(x, -0.5, 1), plain: (x) => clamp(x, -0.5, 1) },
  exp: { op: (x) => ops.exp(x), plain: Math.exp },
  log: { op: (x) => ops.log(x), plain: Math.log, positive: true },
  neg: { op: (x) => ops.neg(x), plain: (x) => -x },
  relu: { op: (x) => ops.relu(x), plain: (x) => Math.max(0, x) },
  'relu6 of three times the input': {
    op: (x) => ops.relu6(ops.mul(x, 3)),
    plain: (x) => clamp(3 * x, 0, 6),
    positive: true,
  },
  rsqrt: { op: (x) => ops.rsqrt(x), plain: (x) => 1 / Math.sqrt(x), positive: true },
  sigmoid: { op: (x) => ops.sigmoid(x), plain: sigmoid },
  sqrt: { op: (x) => ops.sqrt(x), plain: Math.sqrt, positive: true },
  square: { op: (x) => ops.square(x), plain: (x) => x * x },
  tanh: { op: (x) => ops.tanh(x), plain: Math.tanh },
};

interface Binary {
  readonly op: (x: Tensor, y: Tensor) => Tensor;
  readonly plain: (x: number, y: number) => number;
  readonly positive?: boolean;
}

const binary: Readonly<Record<string, Binary>> = {
  add: { op: (x, y) => ops.add(x, y), plain: (x, y) => x + y },
  div: { op: (x, y) => ops.div(x, y), plain: (x, y) => x / y, positive: true },
  maximum: { op: (x, y) => ops.maximum(x, y), plain: Math.max },
  minimum: { op: (x, y) => ops.minimum(x, y), plain: Math.min },
  mul: { op: (x, y) => ops.mul(x, y), plain: (x, y) => x * y },
  pow: { op: (x, y) => ops.pow(x, y), plain: (x, y) => x ** y, positive: true },
  sub: { op: (x, y) => ops.sub(x, y), plain: (x, y) => x - y },
};

/** The ways in which layers and losses broadcast. */
const broadcasts: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  'equal shapes': [
    [3, 5],
    [3, 5],
  ],
  'a row': [[2, 3, 4], [4]],
  'a column': [
    [3, 4],
    [3, 1],
  ],
  'a scalar': [[3, 4], []],
  'a row on the left': [[4], [2, 3, 4]],
  'both sides': [
    [4, 1, 2],
    [1, 3, 2],
  ],
};

const rangeOf = (positive: boolean | undefined) => (positive ? { low: 0.3, high: 3 } : { low: -2, high: 2 });

const unaryCases = Object.entries(unary).map(
  ([name, { op, plain, positive }]): Comparison => ({
    name: `elementwise: ${name}`,
    inputs: [{ shape: [3, 5], ...rangeOf(positive) }],
    onEngine: op as Comparison['onEngine'],
    onPlain: elementwise(plain as (...values: number[]) => number),
  }),
);

const binaryCases = Object.entries(binary).flatMap(([name, { op, plain, positive }]) =>
  Object.entries(broadcasts).map(
    ([form, shapes]): Comparison => ({
      name: `elementwise: ${name} with ${form}`,
      inputs: shapes.map((shape) => ({ shape, ...rangeOf(positive) })),
      onEngine: op as Comparison['onEngine'],
      onPlain: elementwise(plain as (...values: number[]) => number),
    }),
  ),
);

const comparisons = { greater: ops.greater, greaterEqual: ops.greaterEqual, less: ops.less, lessEqual: ops.lessEqual };

const comparisonCases = Object.entries(comparisons).map(
  ([name, op]): Comparison => ({
    name: `elementwise: ${name}, as a number`,
    inputs: [{ shape: [4, 3] }, { shape: [3] }],
    onEngine: ((x: Tensor, y: Tensor) => ops.cast(op(x, y), 'float32')) as Comparison['onEngine'],
    onPlain: elementwise(((x: number, y: number) =>
      Number(name.startsWith('greater') ? x > y : x < y)) as () => number),
    differentiable: false,
  }),
);

/** Functions of single elements. */
export const elementwiseCases: readonly Comparison[] = [
  ...unaryCases,
  ...binaryCases,
  ...comparisonCases,
  {
    name: 'elementwise: where with a fixed condition',
    inputs: [{ shape: [4, 3] }, { shape: [4, 3] }],
    onEngine: ((x: Tensor, y: Tensor) =>
      ops.where(
        ops.cast(ops.tensor([1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1], [4, 3]), 'bool'),
        x,
        y,
      )) as Comparison['onEngine'],
    onPlain: (x, y) => {
      const chosen = [1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1];
      return { shape: [4, 3], data: Float64Array.from(chosen, (first, i) => (first ? x : y)?.data[i] ?? 0) };
    },
  },
];

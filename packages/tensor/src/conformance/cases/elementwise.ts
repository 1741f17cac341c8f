import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import { elementwise, elementwiseGradients, type Plain } from '../plain/plain.js';

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

interface Unary {
  readonly op: (x: Tensor) => Tensor;
  readonly plain: (x: number) => number;
  /** Where central differences may step over a kink. */
  readonly slope?: (x: number) => number;
  /** The range of the input: -2 to 2, or 0.3 to 3. */
  readonly positive?: boolean;
}

const unary: Readonly<Record<string, Unary>> = {
  abs: { op: (x) => ops.abs(x), plain: Math.abs, slope: Math.sign },
  'clipByValue between -0.5 and 1': {
    op: (x) => ops.clipByValue(x, -0.5, 1),
    plain: (x) => clamp(x, -0.5, 1),
    slope: (x) => Number(x >= -0.5 && x <= 1),
  },
  clone: { op: (x) => ops.clone(x), plain: (x) => x },
  exp: { op: (x) => ops.exp(x), plain: Math.exp },
  log: { op: (x) => ops.log(x), plain: Math.log, positive: true },
  neg: { op: (x) => ops.neg(x), plain: (x) => -x },
  relu: { op: (x) => ops.relu(x), plain: (x) => Math.max(0, x), slope: (x) => Number(x > 0) },
  'relu6 of three times the input': {
    op: (x) => ops.relu6(ops.mul(x, 3)),
    plain: (x) => clamp(3 * x, 0, 6),
    slope: (x) => 3 * Number(x < 2),
    positive: true,
  },
  rsqrt: { op: (x) => ops.rsqrt(x), plain: (x) => 1 / Math.sqrt(x), positive: true },
  sigmoid: { op: (x) => ops.sigmoid(x), plain: (x) => 1 / (1 + Math.exp(-x)) },
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

type Shapes = readonly [readonly number[], readonly number[]];

/** The ways in which layers and losses broadcast. */
const broadcasts: Readonly<Record<string, Shapes>> = {
  'equal shapes': [
    [3, 5],
    [3, 5],
  ],
  scalars: [[], []],
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

/** Of these only sums and products occur on large arrays with a broadcast operand: biases, gains and scales. */
const largeBroadcasts: Readonly<Record<string, Shapes>> = {
  '[201, 131] and a row': [[201, 131], [131]],
  '[201, 131] and a column': [
    [201, 131],
    [201, 1],
  ],
};

const rangeOf = (positive: boolean | undefined) => (positive ? { low: 0.3, high: 3 } : { low: -2, high: 2 });

const unaryCases = Object.entries(unary).flatMap(([name, { op, plain, slope, positive }]) =>
  [[], [1], [3, 5], [257, 129]].map(
    (shape): Comparison => ({
      name: `elementwise: ${name} of [${shape.join(', ')}]`,
      inputs: [{ shape, ...rangeOf(positive) }],
      onEngine: op,
      onPlain: elementwise(plain),
      plainGradients: slope
        ? ([x], dy) => [elementwise((value = 0, weight = 0) => slope(value) * weight)(x as Plain, dy)]
        : elementwiseGradients(plain),
      gradientTerms: 1,
    }),
  ),
);

const binaryCase = (name: string, { op, plain, positive }: Binary, [form, shapes]: [string, Shapes]): Comparison => ({
  name: `elementwise: ${name} with ${form}`,
  inputs: shapes.map((shape) => ({ shape, ...rangeOf(positive) })),
  onEngine: op,
  onPlain: elementwise(plain),
  plainGradients: elementwiseGradients(plain),
  // The gradient of what was broadcast sums over as many elements.
  gradientTerms: 201,
});

const binaryCases = Object.entries(binary).flatMap(([name, op]) =>
  Object.entries({ ...broadcasts, ...(name === 'add' || name === 'mul' ? largeBroadcasts : {}) }).map((form) =>
    binaryCase(name, op, form),
  ),
);

const comparisons = {
  equal: { op: ops.equal, plain: (x: number, y: number) => x === y },
  greater: { op: ops.greater, plain: (x: number, y: number) => x > y },
  greaterEqual: { op: ops.greaterEqual, plain: (x: number, y: number) => x >= y },
  less: { op: ops.less, plain: (x: number, y: number) => x < y },
  lessEqual: { op: ops.lessEqual, plain: (x: number, y: number) => x <= y },
};

const comparisonCases = Object.entries(comparisons).map(
  ([name, { op, plain }]): Comparison => ({
    name: `elementwise: ${name}, as a number`,
    inputs: [
      { shape: [4, 3], values: [1, 2, 3, -1, 2.5] },
      { shape: [3], values: [1, 2.5, 3] },
    ],
    onEngine: (x: Tensor, y: Tensor) => ops.cast(op(x, y), 'float32'),
    onPlain: elementwise((x = 0, y = 0) => Number(plain(x, y))),
    differentiable: false,
  }),
);

const condition = [1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1];

/** Functions of single elements. */
export const elementwiseCases: readonly Comparison[] = [
  ...unaryCases,
  ...binaryCases,
  ...comparisonCases,
  {
    name: 'elementwise: where with a fixed condition',
    inputs: [{ shape: [4, 3] }, { shape: [4, 3] }],
    onEngine: (x: Tensor, y: Tensor) => ops.where(ops.cast(ops.tensor(condition, [4, 3]), 'bool'), x, y),
    onPlain: (x, y) => ({
      shape: [4, 3],
      data: Float64Array.from(condition, (first, i) => (first ? x : y).data[i] as number),
    }),
  },
];

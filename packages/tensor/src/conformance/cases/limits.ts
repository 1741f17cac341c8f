import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { attention } from '../../layers/attention.js';
import { biasQuickGelu } from '../../layers/bias-quick-gelu.js';
import { fidelityElements } from '../../layers/fidelity-elements.js';
import { layerNorm } from '../../layers/layer-norm.js';
import { readTensor } from '../../memory.js';
import * as ops from '../../ops.js';
import type { Comparison, InputSpec } from '../comparison.js';
import type { ConformanceCase } from '../conformance-case.js';
import { attentionGradient, attentionPlain } from '../plain/attention.js';
import { fidelityGradients, fidelityPlain } from '../plain/fidelity.js';
import { layerNormGradients, layerNormPlain } from '../plain/layer-norm.js';
import { elementwise, type Plain } from '../plain/plain.js';
import { matMulPlain } from '../plain/products.js';
import { biasQuickGeluGradients, biasQuickGeluPlain } from '../plain/quick-gelu.js';
import { logSumExpOf, maxOf, minOf, reducePlain, softmaxGradient, softmaxPlain, sumOf } from '../plain/reduce.js';
import { withoutLeak } from '../resources.js';
import { failure } from '../tolerance.js';

const largest = 3.4028234e38;
const smallestNormal = 1.1754944e-38;

const list = (values: readonly number[]): InputSpec => ({ shape: [values.length], values });

const unary = (
  what: string,
  values: readonly number[],
  [onEngine, plain]: readonly [(x: Tensor) => Tensor, (x: number) => number],
): Comparison => ({
  name: `limits: ${what}`,
  inputs: [list(values)],
  onEngine,
  onPlain: elementwise(plain),
  differentiable: false,
});

const elementwiseCases: readonly Comparison[] = [
  unary('exp vanishes far below zero', [-1e4, -200, -80, 0], [(x) => ops.exp(x), Math.exp]),
  unary(
    'log of the smallest and the largest number',
    [smallestNormal, 1e-30, 1e30, largest],
    [(x) => ops.log(x), Math.log],
  ),
  unary('sqrt of large numbers', [0, 1e30, largest], [(x) => ops.mul(ops.sqrt(x), 1e-19), (x) => Math.sqrt(x) * 1e-19]),
  unary(
    'rsqrt of large and small numbers',
    [1e30, 1e28],
    [(x) => ops.mul(ops.rsqrt(x), 1e15), (x) => 1e15 / Math.sqrt(x)],
  ),
  unary('square close to overflow', [1e18, -1e19], [(x) => ops.mul(ops.square(x), 1e-36), (x) => x * x * 1e-36]),
  {
    ...unary('sigmoid far out', [-1e4, -90, 0, 90, 1e4], [(x) => ops.sigmoid(x), (x) => 1 / (1 + Math.exp(-x))]),
    differentiable: true,
  },
  { ...unary('tanh far out', [-1e4, -90, 0, 90, 1e4], [(x) => ops.tanh(x), Math.tanh]), differentiable: true },
  {
    name: 'limits: matMul of the very large with the very small',
    inputs: [
      { shape: [2, 3], values: [1e30, -1e30, 1e25, 3e30] },
      { shape: [3, 2], values: [1e-30, 2e-30, -1e-31] },
    ],
    onEngine: (a, b) => ops.matMul(a, b),
    onPlain: matMulPlain,
    terms: 3,
    differentiable: false,
  },
];

/** Lines with scores of 1e4 and more, between which exp alone would overflow or vanish. */
const scores: InputSpec = {
  shape: [4, 4],
  values: [1e4, -1e4, 9999, 0, -1e4, -1e4, -10001, -1e4, 1e30, -1e30, 1e30, 0, -3.4e38, -3.4e38, -3.4e38, -3.4e38],
};

const lineCases: readonly Comparison[] = [
  {
    name: 'limits: softmax of scores of 1e4 and more',
    inputs: [scores],
    onEngine: (x) => ops.softmax(x),
    onPlain: softmaxPlain,
    plainGradients: ([x], dy) => [softmaxGradient(x as Plain, dy)],
    terms: 4,
    gradientTerms: 8,
  },
  {
    name: 'limits: logSoftmax of scores of 1e4',
    inputs: [{ shape: [2, 4], values: [1e4, -1e4, 9999, 0, -1e4, -1e4, -10001, -1e4] }],
    onEngine: (x) => ops.logSoftmax(x),
    onPlain: (x) => elementwise((value = 0, log = 0) => value - log)(x, reducePlain(x, 1, logSumExpOf)),
    plainGradients: ([x], dy) => [
      elementwise((slope = 0, p = 0, total = 0) => slope - p * total)(
        dy,
        softmaxPlain(x as Plain),
        reducePlain(dy, 1, sumOf),
      ),
    ],
    terms: 4,
  },
  ...Object.entries({
    logSumExp: [ops.logSumExp, logSumExpOf] as const,
    max: [ops.max, maxOf] as const,
    min: [ops.min, minOf] as const,
  }).map(
    ([name, [op, plain]]): Comparison => ({
      name: `limits: ${name} of numbers up to the largest`,
      inputs: [scores],
      onEngine: (x) => ops.mul(op(x, 1, true), 1e-30),
      onPlain: (x) => elementwise((value = 0) => value * 1e-30)(reducePlain(x, 1, plain)),
      terms: 4,
      differentiable: false,
    }),
  ),
  {
    name: 'limits: norm of large numbers',
    inputs: [list([3e15, -4e15, 0])],
    onEngine: (x) => ops.mul(ops.norm(x), 1e-15),
    onPlain: ({ data }) => ({ shape: [], data: Float64Array.of(Math.hypot(...data) * 1e-15) }),
    terms: 3,
    differentiable: false,
  },
];

const layerNormCase = (what: string, input: InputSpec, scale: number): Comparison => {
  const width = input.shape.at(-1) as number;
  return {
    name: `limits: layerNorm of ${what}`,
    inputs: [input, { shape: [width] }, { shape: [width] }],
    onEngine: (x: Tensor, gain: Tensor, bias: Tensor) => layerNorm(x, { gain, bias }),
    onPlain: layerNormPlain(1e-5),
    plainGradients: layerNormGradients(1e-5),
    terms: 2 * width,
    gradientTerms: 4 * width,
    scale,
    isLayer: true,
  };
};

/** 1 / sqrt(epsilon): what a difference from the mean is multiplied with where there is no variance. */
const steepest = 1 / Math.sqrt(1e-5);

const layerNormCases = [
  // The mean of n equal numbers c may be off by n u c, which shows divided by the root of epsilon.
  layerNormCase(
    'constant rows',
    { shape: [3, 13], values: Array.from({ length: 39 }, (_, i) => [0.1, -2.7, 0][Math.floor(i / 13)] as number) },
    steepest * 2.7,
  ),
  // Likewise, divided by a deviation of 1 / sqrt(3). The mean of squares less the square of the mean would lose all digits.
  layerNormCase('numbers around 1e4', { shape: [3, 67], low: 9999, high: 10001 }, 1e4 * Math.sqrt(3)),
  layerNormCase('numbers around 1e15', { shape: [2, 9], low: -1e15, high: 1e15 }, 1),
];

/** Whole numbers whose products are exact in float32, so that scores of up to 1e4 are the same on both sides. */
const wholeNumbers = Array.from({ length: 7 * 24 }, (_, i) => ((i * 37) % 141) - 70);

const attentionCases = [false, true].map(
  (causal): Comparison => ({
    name: `limits: attention with scores of 1e4${causal ? ', causal' : ''}`,
    inputs: [{ shape: [1, 7, 24], values: wholeNumbers }],
    onEngine: (qkv: Tensor) => attention(qkv, { heads: 2, causal }),
    onPlain: (qkv: Plain) => attentionPlain(qkv, { heads: 2, causal }),
    plainGradients: ([qkv], dy) => [attentionGradient(qkv as Plain, dy, { heads: 2, causal })],
    // Scores that are 20 below the largest vanish; exp of less errs by 3 + 2 * 20 units on a GPU.
    terms: 43 + 7,
    gradientTerms: 2 * (43 + 7),
    // Back, a slope of four terms of 70 is multiplied with another 70.
    scale: 4 * 70 * 70,
    isLayer: true,
  }),
);

/** Targets for both right and wrong marginals. */
const certain: Plain = { shape: [4], data: Float64Array.of(0, 1, 1, 0) };

/** Layers and reductions where float32 ends. */
export const limitCases: readonly Comparison[] = [
  ...elementwiseCases,
  ...lineCases,
  ...layerNormCases,
  ...attentionCases,
  {
    name: 'limits: biasQuickGelu far out',
    inputs: [{ shape: [2, 3], values: [-1e4, 1e4, -60, 60, 0, -1e4] }, { shape: [3] }],
    onEngine: (x: Tensor, bias: Tensor) => biasQuickGelu(x, bias),
    onPlain: biasQuickGeluPlain,
    plainGradients: biasQuickGeluGradients,
    terms: 27,
    isLayer: true,
  },
  {
    name: 'limits: fidelityElements of certain marginals',
    inputs: [list([0, 1, 0, 1]), list([1, 0, 1, 0])],
    onEngine: (marginals: Tensor, complements: Tensor) =>
      fidelityElements(marginals, complements, { targets: tensor([...certain.data]), epsilon: 1e-8 }),
    onPlain: (marginals: Plain, complements: Plain) => fidelityPlain(1e-8)(marginals, complements, certain),
    plainGradients: (inputs, dy) => fidelityGradients(1e-8)([...inputs, certain], dy),
    isLayer: true,
  },
];

/** Not a comparison, for either of two results is right. */
export const subnormalCase: ConformanceCase = {
  name: 'limits: numbers below the smallest normal one are kept, or taken for zero as GPUs do',
  run: () =>
    withoutLeak('limits: subnormal', async () => {
      const numbers = [1e-40, -1e-39].map(Math.fround);
      const result = ops.tidy(() => ops.mul(ops.mul(tensor(numbers), 1), 1e38));
      const got = await readTensor(result);
      result.dispose();
      for (const [i, number] of numbers.entries()) {
        const kept = number * 1e38;
        if (!(got[i] === 0 || Math.abs((got[i] as number) - kept) < Math.abs(kept) * 2 ** -23)) {
          throw failure('limits: subnormal', `0 or ${kept}`, `${got[i]}`);
        }
      }
    }),
};

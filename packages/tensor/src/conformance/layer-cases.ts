import { type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { attention, multiHeadAttention } from '../layers/attention.js';
import { biasQuickGelu } from '../layers/bias-quick-gelu.js';
import { embedTokens } from '../layers/embed-tokens.js';
import { fidelityElements } from '../layers/fidelity-elements.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';
import type { Comparison } from './comparison.js';
import {
  build,
  concatPlain,
  elementwise,
  matMulPlain,
  meanOf,
  type Plain,
  reducePlain,
  slicePlain,
  softmaxPlain,
  swapLast,
} from './plain.js';

const affine = (x: Plain, weight: Plain, bias: Plain): Plain =>
  elementwise((value = 0, shift = 0) => value + shift)(matMulPlain(x, weight), bias);

const onRows = { onEngine: ((x: Tensor, w: Tensor, b: Tensor) => linear(x, w, b)) as Comparison['onEngine'] };

const linearCases: readonly Comparison[] = [
  ...[[6, 5] as const, [2, 3, 5] as const, [1, 5] as const].map(
    (shape): Comparison => ({
      name: `linear: [${shape.join(', ')}]`,
      inputs: [{ shape }, { shape: [5, 4] }, { shape: [4] }],
      ...onRows,
      onPlain: affine as Comparison['onPlain'],
      terms: 6,
    }),
  ),
  {
    name: 'linear: without bias',
    inputs: [{ shape: [2, 3, 5] }, { shape: [5, 4] }],
    onEngine: ((x: Tensor, weight: Tensor) => linear(x, weight)) as Comparison['onEngine'],
    onPlain: matMulPlain as Comparison['onPlain'],
    terms: 5,
  },
];

const ids = Int32Array.of(4, 0, 2, 2, 5);

const embeddingCase: Comparison = {
  name: 'embedTokens: with a repeated token',
  inputs: [{ shape: [6, 3] }],
  onEngine: ((table: Tensor) => embedTokens(ids, table)) as Comparison['onEngine'],
  onPlain: (table) => build([5, 3], (row = 0, column = 0) => table?.data[(ids[row] ?? 0) * 3 + column] ?? 0),
  terms: 6,
};

const attentionPlain = ([query, key, value]: readonly [Plain, Plain, Plain], causal: boolean): Plain => {
  const scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1);
  const scores = matMulPlain(query, swapLast(key));
  const hidden = build(scores.shape, (_, row = 0, column = 0) => (causal && column > row ? -1e9 : 0));
  const masked = elementwise((score = 0, mask = 0) => score * scale + mask)(scores, hidden);
  return matMulPlain(softmaxPlain(masked), value);
};

/** Head by head on slices, unlike the engines', which rearrange or stride. */
const headsPlain = (qkv: Plain, heads: number, causal: boolean): Plain => {
  const [batch = 0, tokens = 0, triple = 0] = qkv.shape;
  const width = triple / 3;
  const dim = width / heads;
  const part = (which: number, head: number) =>
    slicePlain(qkv, [0, 0, which * width + head * dim], [batch, tokens, dim]);
  const perHead = Array.from({ length: heads }, (_, head) =>
    attentionPlain([part(0, head), part(1, head), part(2, head)], causal),
  );
  return concatPlain(perHead, 2);
};

/** One token, one head, a head of one number, extents that no tile divides. */
const attentionShapes = [
  { batch: 2, tokens: 5, heads: 2, dim: 3 },
  { batch: 1, tokens: 1, heads: 3, dim: 4 },
  { batch: 3, tokens: 7, heads: 1, dim: 1 },
  { batch: 1, tokens: 6, heads: 2, dim: 8 },
];

const attentionCases = attentionShapes.flatMap(({ batch, tokens, heads, dim }) =>
  [false, true].map(
    (causal): Comparison => ({
      name: `attention: batch ${batch}, ${tokens} tokens, ${heads} heads of ${dim}${causal ? ', causal' : ''}`,
      inputs: [{ shape: [batch, tokens, 3 * heads * dim] }],
      onEngine: ((qkv: Tensor) => attention(qkv, { heads, causal })) as Comparison['onEngine'],
      onPlain: (qkv) => headsPlain(qkv as Plain, heads, causal),
      terms: 40,
    }),
  ),
);

const multiHeadCase: Comparison = {
  name: 'multiHeadAttention: causal, two heads',
  inputs: [{ shape: [2, 3, 4] }, { shape: [4, 12] }, { shape: [12] }, { shape: [4, 4] }, { shape: [4] }],
  onEngine: ((x: Tensor, ...[weight, bias, outWeight, outBias]: [Tensor, Tensor, Tensor, Tensor]) =>
    multiHeadAttention(
      x,
      { input: { weight, bias }, output: { weight: outWeight, bias: outBias } },
      { heads: 2, causal: true },
    )) as Comparison['onEngine'],
  onPlain: (x, weight, bias, outWeight, outBias) =>
    affine(headsPlain(affine(x!, weight!, bias!), 2, true), outWeight!, outBias!),
  terms: 80,
};

const layerNormPlain = (x: Plain, gain: Plain, bias: Plain): Plain => {
  const axis = x.shape.length - 1;
  const spread = (values: readonly number[]) => meanOf(values.map((value) => (value - meanOf(values)) ** 2));
  const [mean, variance] = [reducePlain(x, axis, meanOf), reducePlain(x, axis, spread)];
  return elementwise((value = 0, m = 0, v = 0, g = 0, b = 0) => ((value - m) / Math.sqrt(v + 1e-5)) * g + b)(
    x,
    mean,
    variance,
    gain,
    bias,
  );
};

const layerNormCases = [
  [2, 3, 9],
  [4, 8],
  [1, 1, 13],
].map(
  (shape): Comparison => ({
    name: `layerNorm: [${shape.join(', ')}]`,
    inputs: [{ shape, low: -2, high: 3 }, { shape: shape.slice(-1) }, { shape: shape.slice(-1) }],
    onEngine: ((x: Tensor, gain: Tensor, bias: Tensor) => layerNorm(x, { gain, bias })) as Comparison['onEngine'],
    onPlain: layerNormPlain as Comparison['onPlain'],
    terms: 54,
  }),
);

const quickGeluPlain = (x = 0, bias = 0) => (x + bias) / (1 + Math.exp(-1.702 * (x + bias)));

const quickGeluCases = [
  [2, 3, 5],
  [4, 8],
].map(
  (shape): Comparison => ({
    name: `biasQuickGelu: [${shape.join(', ')}]`,
    inputs: [{ shape, low: -6, high: 6 }, { shape: shape.slice(-1) }],
    onEngine: ((x: Tensor, bias: Tensor) => biasQuickGelu(x, bias)) as Comparison['onEngine'],
    onPlain: elementwise(quickGeluPlain) as Comparison['onPlain'],
    // exp of up to 12 errs by 3 + 2 * 12 units in the last place on a GPU.
    terms: 27,
  }),
);

/** Zero, one and what lies between. */
const targets = Float32Array.of(0, 1, 1, 0, 0.25, 0, 1, 0.5, 0, 1, 1, 0, 0, 1, 0.75);

const fidelityCase: Comparison = {
  name: 'fidelityElements: [3, 5]',
  inputs: [
    { shape: [3, 5], low: 0.1, high: 0.9 },
    { shape: [3, 5], low: 0.1, high: 0.9 },
  ],
  onEngine: ((marginals: Tensor, complements: Tensor) =>
    fidelityElements(marginals, complements, {
      targets: tensor2d(targets, [3, 5]),
      epsilon: 1e-8,
    })) as Comparison['onEngine'],
  onPlain: (marginals, complements) =>
    elementwise((p = 0, c = 0, g = 0) => 1 - Math.sqrt(p * g + 1e-8) - Math.sqrt(c * (1 - g) + 1e-8))(
      marginals!,
      complements!,
      { shape: [3, 5], data: Float64Array.from(targets) },
    ),
  // The slope of a root near zero is 1 / (2 * 1e-4) at most, times a factor that is exactly zero there.
  terms: 4,
};

/** Layers: composed where an engine has no kernel for them, else fused. */
export const layerCases: readonly Comparison[] = [
  ...linearCases,
  embeddingCase,
  ...attentionCases,
  multiHeadCase,
  ...layerNormCases,
  ...quickGeluCases,
  fidelityCase,
];

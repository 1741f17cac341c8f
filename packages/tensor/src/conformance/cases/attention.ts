import type { Tensor } from '@tensorflow/tfjs-core';
import { attention, multiHeadAttention } from '../../layers/attention.js';
import type { Comparison } from '../comparison.js';
import { attentionGradient, attentionPlain } from '../plain/attention.js';
import type { Plain } from '../plain/plain.js';
import { affinePlain } from '../plain/products.js';

/** One token, one head, a head of one number, extents that no tile divides, and those of published encoders. */
const shapes = [
  { batch: 2, tokens: 5, heads: 2, dim: 3 },
  { batch: 1, tokens: 1, heads: 3, dim: 4 },
  { batch: 3, tokens: 7, heads: 1, dim: 1 },
  { batch: 1, tokens: 6, heads: 2, dim: 8 },
  { batch: 2, tokens: 33, heads: 3, dim: 5 },
  { batch: 1, tokens: 50, heads: 8, dim: 64, heavy: true },
  { batch: 1, tokens: 77, heads: 8, dim: 64, heavy: true },
];

const packedCases = shapes.flatMap(({ batch, tokens, heads, dim, heavy = false }) =>
  [false, true].map(
    (causal): Comparison => ({
      name: `attention: batch ${batch}, ${tokens} tokens, ${heads} heads of ${dim}${causal ? ', causal' : ''}`,
      inputs: [{ shape: [batch, tokens, 3 * heads * dim] }],
      onEngine: (qkv: Tensor) => attention(qkv, { heads, causal }),
      onPlain: (qkv: Plain) => attentionPlain(qkv, { heads, causal }),
      plainGradients: ([qkv], dy) => [attentionGradient(qkv as Plain, dy, { heads, causal })],
      // A score of dim terms, exp of at most twice the root of dim below the largest, the sum and the average over tokens.
      terms: 2 * dim + 2 * tokens + 4,
      // The same backwards: slopes of dim terms, their average, and a sum over the tokens for keys and values.
      gradientTerms: 4 * dim + 4 * tokens + 8,
      isLayer: true,
      heavy,
    }),
  ),
);

/** Attention of several heads, alone and between its projections. */
export const attentionCases: readonly Comparison[] = [
  ...packedCases,
  {
    name: 'multiHeadAttention: causal, two heads',
    inputs: [{ shape: [2, 3, 4] }, { shape: [4, 12] }, { shape: [12] }, { shape: [4, 4] }, { shape: [4] }],
    onEngine: (x: Tensor, weight: Tensor, bias: Tensor, outWeight: Tensor, outBias: Tensor) =>
      multiHeadAttention(
        x,
        { input: { weight, bias }, output: { weight: outWeight, bias: outBias } },
        { heads: 2, causal: true },
      ),
    onPlain: (x: Plain, weight: Plain, bias: Plain, outWeight: Plain, outBias: Plain) =>
      affinePlain(attentionPlain(affinePlain(x, weight, bias), { heads: 2, causal: true }), outWeight, outBias),
    // Two products of up to five terms around attention over three tokens.
    terms: 40,
    isLayer: true,
  },
];

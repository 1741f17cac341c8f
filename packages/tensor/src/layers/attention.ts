import { ShapeMismatchError } from '@sofd/core';
import { add, matMul, mul, reshape, softmax, split, type Tensor, tensor2d, transpose } from '@tensorflow/tfjs-core';
import { runFusedKernel } from '../fused/run-fused-kernel.js';
import type { ParameterTree } from '../parameter-tree.js';
import { type LinearParameters, linear } from './linear.js';

/** What {@link attention} is told. */
export interface AttentionOptions {
  /** Divides the width. */
  readonly heads: number;
  /** Whether a token sees only itself and those before it. */
  readonly causal?: boolean | undefined;
}

/**
 * Scaled dot-product self-attention of several heads, $\mathrm{softmax}(q k^T / \sqrt{d})\, v$ for each.
 *
 * @param qkv - `[batch, tokens, 3 * width]`: query, key and value side by side, each head by head.
 * @param options - the heads, and whether attention is causal.
 * @returns `[batch, tokens, width]`, head by head.
 * @throws ShapeMismatchError when the heads do not divide the width.
 * @see {@link https://arxiv.org/abs/1706.03762 | Attention is all you need}, equation 1
 * @example
 * ```ts
 * import { attention, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * // Two tokens, one head of width 1. Keys of 0 weigh all tokens alike: the result is the mean of the values that are seen.
 * const qkv = tensor([[[1, 0, 10], [1, 0, 20]]]);
 * await readTensor(attention(qkv, { heads: 1 })); // Float32Array [15, 15]
 * await readTensor(attention(qkv, { heads: 1, causal: true })); // Float32Array [10, 15]
 * ```
 */
export function attention(qkv: Tensor, { heads, causal = false }: AttentionOptions): Tensor {
  const width = (qkv.shape.at(-1) ?? 0) / 3;
  if (qkv.rank !== 3 || width % heads !== 0) {
    throw new ShapeMismatchError(
      `attention: expected [batch, tokens, 3 * width] with a width that is a multiple of ${heads} heads, got [${qkv.shape.join(', ')}]; change heads or width.`,
    );
  }
  const fused = runFusedKernel('attention', 'forward', { inputs: { qkv }, attrs: { heads, causal } });
  return fused?.[0] ?? composeAttention(qkv, heads, causal);
}

function composeAttention(qkv: Tensor, heads: number, causal: boolean): Tensor {
  const [batch, tokens, triple] = qkv.shape as [number, number, number];
  const dim = triple / 3 / heads;
  // Four dimensions suffice when the heads lead; five make the transpose several times slower on wasm.
  const perHead = transpose(reshape(qkv, [batch, tokens, 3 * heads, dim]), [2, 0, 1, 3]); // [3 * heads, batch, tokens, dim]
  const stacked = reshape(perHead, [3 * heads * batch, tokens, dim]);
  const [query, key, value] = split(stacked, 3, 0) as [Tensor, Tensor, Tensor]; // [heads * batch, tokens, dim] each
  const scores = matMul(mul(query, 1 / Math.sqrt(dim)), key, false, true); // [heads * batch, tokens, tokens]
  const weights = softmax(causal ? add(scores, causalMask(tokens)) : scores);
  const attended = matMul(weights, value); // [heads * batch, tokens, dim]
  const joined = transpose(reshape(attended, [heads, batch, tokens, dim]), [1, 2, 0, 3]); // [batch, tokens, heads, dim]
  return reshape(joined, [batch, tokens, heads * dim]); // [batch, tokens, width]
}

/** Far below any score, yet finite: shading languages may assume that infinities do not occur. */
const maskedScore = -1e9;

/** `[tokens, tokens]`: 0 where row may see column, else -1e9. */
function causalMask(tokens: number): Tensor {
  const mask = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row += 1) mask.fill(maskedScore, row * tokens + row + 1, (row + 1) * tokens);
  return tensor2d(mask, [tokens, tokens]);
}

/** The parameters of {@link multiHeadAttention}. */
export interface MultiHeadAttentionParameters extends ParameterTree {
  /** `[width, 3 * width]` and `[3 * width]`: query, key and value side by side, each head by head. */
  readonly input: LinearParameters;
  /** `[width, width]` and `[width]` */
  readonly output: LinearParameters;
}

/**
 * Self-attention between two projections.
 *
 * @param x - `[batch, tokens, width]`
 * @param parameters - the projections before and after.
 * @param options - as of {@link attention}.
 * @returns `[batch, tokens, width]`
 * @throws ShapeMismatchError when the heads do not divide the width.
 */
export function multiHeadAttention(
  x: Tensor,
  { input, output }: MultiHeadAttentionParameters,
  options: AttentionOptions,
): Tensor {
  const attended = attention(linear(x, input.weight, input.bias), options); // [batch, tokens, width]
  return linear(attended, output.weight, output.bias); // [batch, tokens, width]
}

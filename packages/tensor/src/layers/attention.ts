import { ShapeMismatchError } from '@sofd/core';
import { add, matMul, mul, reshape, softmax, split, type Tensor, tensor2d, transpose } from '@tensorflow/tfjs-core';
import type { ParameterTree } from '../parameter-tree.js';
import { type LinearParameters, linear } from './linear.js';

/** Far below any score, yet finite: shading languages may assume that infinities do not occur. */
const maskedScore = -1e9;

/**
 * The mask that lets a token see itself and those before it.
 *
 * @param tokens - the length of a sequence.
 * @returns `[tokens, tokens]`: 0 where row may see column, else -1e9.
 */
export function causalMask(tokens: number): Tensor {
  const mask = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row += 1) mask.fill(maskedScore, row * tokens + row + 1, (row + 1) * tokens);
  return tensor2d(mask, [tokens, tokens]);
}

/**
 * Scaled dot-product attention, $\mathrm{softmax}(q k^T / \sqrt{d} + m)\, v$.
 *
 * @param query - `[heads * batch, tokens, dim]`
 * @param key - `[heads * batch, tokens, dim]`
 * @param value - `[heads * batch, tokens, dim]`
 * @param options - `mask` is added to the scores, `[tokens, tokens]`.
 * @returns `[heads * batch, tokens, dim]`
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { mask }: { readonly mask?: Tensor | undefined } = {},
): Tensor {
  const dim = query.shape.at(-1) ?? 1;
  const scores = matMul(mul(query, 1 / Math.sqrt(dim)), key, false, true); // [heads * batch, tokens, tokens]
  const weights = softmax(mask ? add(scores, mask) : scores);
  return matMul(weights, value); // [heads * batch, tokens, dim]
}

/** The parameters of {@link multiHeadAttention}. */
export interface MultiHeadAttentionParameters extends ParameterTree {
  /** `[width, 3 * width]` and `[3 * width]`: query, key and value side by side, each head by head. */
  readonly input: LinearParameters;
  /** `[width, width]` and `[width]` */
  readonly output: LinearParameters;
}

/**
 * Self-attention with several heads.
 *
 * @param x - `[batch, tokens, width]`
 * @param parameters - the projections before and after.
 * @param options - `heads` divides width; `mask` is added to every head's scores, `[tokens, tokens]`.
 * @returns `[batch, tokens, width]`
 * @throws ShapeMismatchError when the heads do not divide the width.
 */
export function multiHeadAttention(
  x: Tensor,
  parameters: MultiHeadAttentionParameters,
  { heads, mask }: { readonly heads: number; readonly mask?: Tensor | undefined },
): Tensor {
  const [batch = 0, tokens = 0, width = 0] = x.shape;
  if (x.rank !== 3 || width % heads !== 0) {
    throw new ShapeMismatchError(
      `multiHeadAttention: expected [batch, tokens, width] with a width that is a multiple of ${heads} heads, got [${x.shape.join(', ')}]; change heads or width.`,
    );
  }
  const dim = width / heads;
  const projected = linear(x, parameters.input.weight, parameters.input.bias); // [batch, tokens, 3 * width]
  // Four dimensions suffice when the heads lead; five make the transpose several times slower on wasm.
  const perHead = transpose(reshape(projected, [batch, tokens, 3 * heads, dim]), [2, 0, 1, 3]); // [3 * heads, batch, tokens, dim]
  const [query, key, value] = split(reshape(perHead, [3 * heads * batch, tokens, dim]), 3, 0) as [
    Tensor,
    Tensor,
    Tensor,
  ]; // [heads * batch, tokens, dim] each
  const attended = attention(query, key, value, { mask });
  const joined = transpose(reshape(attended, [heads, batch, tokens, dim]), [1, 2, 0, 3]); // [batch, tokens, heads, dim]
  return linear(reshape(joined, [batch, tokens, width]), parameters.output.weight, parameters.output.bias); // [batch, tokens, width]
}

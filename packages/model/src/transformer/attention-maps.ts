import {
  type AttentionOptions,
  add,
  type LayerNormParameters,
  layerNorm,
  linear,
  type MultiHeadAttentionParameters,
  matMul,
  mul,
  reshape,
  slice,
  softmax,
  type Tensor,
  tensorFrom,
  tidy,
  transpose,
} from '@sofd/tensor';

/** [tokens, tokens]: 0 where the row's token sees the column's. Elsewhere far below any score, yet finite, as GPUs want it. */
function causalMask(tokens: number): Tensor {
  const mask = Float32Array.from({ length: tokens ** 2 }, (_, i) => (i % tokens > Math.floor(i / tokens) ? -1e9 : 0));
  return tensorFrom(mask, [tokens, tokens]);
}

/** The parameters of a block that its attention maps depend on. */
interface AttentionBlock {
  readonly norm1: LayerNormParameters;
  readonly attention: MultiHeadAttentionParameters;
}

/**
 * How much each token of a block looks at each other one: softmax(q kᵀ / √d), a map a head.
 *
 * The engines' attention never holds these weights at once; here they are computed by plain operations, for whoever
 * asks to see them.
 *
 * @param x - what the block reads, [batch, tokens, width]
 * @param block - its parameters
 * @param options - as of the block
 * @returns [batch, heads, tokens, tokens]; rows sum to one
 */
export function computeAttentionMaps(
  x: Tensor,
  { norm1, attention }: AttentionBlock,
  { heads, causal = false }: AttentionOptions,
): Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const dim = width / heads;
  return tidy(() => {
    const qkv = linear(layerNorm(x, norm1), attention.input.weight, attention.input.bias); // [batch, tokens, 3 width]
    const perHead = (start: number) => {
      const part = reshape(slice(qkv, [0, 0, start], [batch, tokens, width]), [batch, tokens, heads, dim]);
      return reshape(transpose(part, [0, 2, 1, 3]), [batch * heads, tokens, dim]); // [batch heads, tokens, dim]
    };
    const scores = matMul(mul(perHead(0), dim ** -0.5), perHead(width), false, true); // [batch heads, tokens, tokens]
    const weights = softmax(causal ? add(scores, causalMask(tokens)) : scores);
    return reshape(weights, [batch, heads, tokens, tokens]); // [batch, heads, tokens, tokens]
  });
}

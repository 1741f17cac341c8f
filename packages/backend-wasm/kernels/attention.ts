// Attention head by head, on query, key and value as they lie side by side in `qkv` [batch, tokens, 3, heads, dim]: the products
// skip from row to row, so that nothing is rearranged. The weights of one head at a time, [tokens, tokens], are in scratch memory.
import { bytesOf } from './floats';
import { gemmScratchBytes, multiply } from './gemm/gemm';
import { softmaxRows, softmaxRowsGradient } from './softmax';

/** Bytes of scratch memory of {@link attentionHeads} and, with two matrices of weights, {@link attentionHeadsGradient}. */
export function attentionScratchBytes(tokens: i32): usize {
  return gemmScratchBytes() + 2 * bytesOf(tokens) * <usize>tokens;
}

/**
 * y = softmax(q k^T / sqrt(dim)) v [batch, tokens, heads, dim], for a range of pairs batch * heads + head.
 */
export function attentionHeads(
  pairStart: i32, pairEnd: i32, heads: i32, tokens: i32, dim: i32, isCausal: i32, qkv: usize, y: usize, scratch: usize,
): void {
  const width = heads * dim;
  const triple = 3 * width;
  const part = bytesOf(width);
  const weights = scratch + gemmScratchBytes();
  for (let pair = pairStart; pair < pairEnd; pair++) {
    const q = qkv + bytesOf(partStart(pair, heads, tokens, dim, triple));
    const out = y + bytesOf(partStart(pair, heads, tokens, dim, width));
    computeWeights(tokens, dim, triple, isCausal, q, q + part, weights, scratch);
    product(tokens, dim, tokens, weights, tokens, 0, q + 2 * part, triple, 0, out, width, scratch);
  }
}

/** The gradient of {@link attentionHeads}; the weights are computed anew. */
export function attentionHeadsGradient(
  pairStart: i32, pairEnd: i32, heads: i32, tokens: i32, dim: i32, isCausal: i32,
  qkv: usize, dy: usize, dqkv: usize, scratch: usize,
): void {
  const width = heads * dim;
  const triple = 3 * width;
  const part = bytesOf(width);
  const weights = scratch + gemmScratchBytes();
  const slopes = weights + bytesOf(tokens) * <usize>tokens;
  const scale = scaleOf(dim);
  for (let pair = pairStart; pair < pairEnd; pair++) {
    const start = bytesOf(partStart(pair, heads, tokens, dim, triple));
    const q = qkv + start;
    const dq = dqkv + start;
    const upstream = dy + bytesOf(partStart(pair, heads, tokens, dim, width));
    computeWeights(tokens, dim, triple, isCausal, q, q + part, weights, scratch);
    // dv = w^T dy
    product(tokens, dim, tokens, weights, tokens, 1, upstream, width, 0, dq + 2 * part, triple, scratch);
    // dw = dy v^T, and from it the gradient of the scores
    product(tokens, tokens, dim, upstream, width, 0, q + 2 * part, triple, 1, slopes, tokens, scratch);
    softmaxRowsGradient(0, tokens, tokens, scale, weights, slopes);
    // dq = ds k, dk = ds^T q
    product(tokens, dim, tokens, slopes, tokens, 0, q + part, triple, 0, dq, triple, scratch);
    product(tokens, dim, tokens, slopes, tokens, 1, q, triple, 0, dq + part, triple, scratch);
  }
}

// @ts-ignore: decorator
@inline
function scaleOf(dim: i32): f32 {
  return <f32>(1 / sqrt<f64>(dim));
}

/** Where a head's numbers of the first token are in [batch, tokens, width], in floats. */
// @ts-ignore: decorator
@inline
function partStart(pair: i32, heads: i32, tokens: i32, dim: i32, width: i32): i32 {
  return (pair / heads) * tokens * width + (pair % heads) * dim;
}

function computeWeights(
  tokens: i32, dim: i32, stride: i32, isCausal: i32, q: usize, k: usize, weights: usize, scratch: usize,
): void {
  product(tokens, tokens, dim, q, stride, 0, k, stride, 1, weights, tokens, scratch);
  softmaxRows(0, tokens, tokens, scaleOf(dim), isCausal, weights, 0);
}

/** C = op(A) op(B). */
function product(
  rows: i32, columns: i32, inner: i32, a: usize, strideA: i32, isTransposedA: i32,
  b: usize, strideB: i32, orderB: i32, c: usize, strideC: i32, scratch: usize,
): void {
  multiply(0, rows, 0, columns, inner, columns, a, strideA, isTransposedA, b, strideB, orderB, c, strideC, 0, 0, scratch);
}

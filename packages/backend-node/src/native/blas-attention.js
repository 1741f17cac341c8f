// Attention head by head, as the wasm kernels of the same names do it, but with the products of a library. The weights of one
// head at a time, [tokens, tokens], are in scratch memory.

const floatBytes = 4;

/** What differs from head to head is where it lies: in qkv [batch, tokens, 3, heads, dim] and in y [batch, tokens, heads, dim]. */
const startOf = (pair, { heads, tokens, dim, stride }) =>
  (Math.floor(pair / heads) * tokens * stride + (pair % heads) * dim) * floatBytes;

/** The kernels, on the kernel for products, the library's powers of e if it has them, and the exports of the wasm module. */
export function createAttentionKernels({ multiplyStack, exponentiate }, exports) {
  const multiply = (rows, inner, columns, a, strideA, transposeA, b, strideB, transposeB, c, strideC) =>
    multiplyStack(
      rows,
      inner,
      columns,
      a,
      strideA,
      transposeA,
      b,
      strideB,
      transposeB,
      c,
      strideC,
      1,
      0,
      0,
      1,
      0,
      0,
      0,
    );

  const computeWeights = (extents, isCausal, q, weights) => {
    const { heads, tokens, dim, stride } = extents;
    multiply(tokens, dim, tokens, q, stride, 0, q + heads * dim * floatBytes, stride, 1, weights, tokens);
    const args = [0, tokens, tokens, 1 / Math.sqrt(dim), isCausal, weights];
    if (exponentiate) {
      exports.softmaxExponents(...args);
      exponentiate(weights, tokens * tokens);
    }
    exports.softmaxRows(...args, exponentiate ? 1 : 0);
  };

  return {
    attentionHeads(pairStart, pairEnd, heads, tokens, dim, isCausal, qkv, y, weights) {
      const width = heads * dim;
      const extents = { heads, tokens, dim, stride: 3 * width };
      for (let pair = pairStart; pair < pairEnd; pair += 1) {
        const q = qkv + startOf(pair, extents);
        const out = y + startOf(pair, { ...extents, stride: width });
        computeWeights(extents, isCausal, q, weights);
        multiply(tokens, tokens, dim, weights, tokens, 0, q + 2 * width * floatBytes, 3 * width, 0, out, width);
      }
    },
    attentionHeadsGradient(pairStart, pairEnd, heads, tokens, dim, isCausal, qkv, dy, dQkv, weights) {
      const width = heads * dim;
      const triple = 3 * width;
      const part = width * floatBytes;
      const extents = { heads, tokens, dim, stride: triple };
      const slopes = weights + tokens * tokens * floatBytes;
      for (let pair = pairStart; pair < pairEnd; pair += 1) {
        const start = startOf(pair, extents);
        const q = qkv + start;
        const dq = dQkv + start;
        const upstream = dy + startOf(pair, { ...extents, stride: width });
        computeWeights(extents, isCausal, q, weights);
        // dv = w^T dy
        multiply(tokens, tokens, dim, weights, tokens, 1, upstream, width, 0, dq + 2 * part, triple);
        // dw = dy v^T, and from it the gradient of the scores
        multiply(tokens, dim, tokens, upstream, width, 0, q + 2 * part, triple, 1, slopes, tokens);
        exports.softmaxRowsGradient(0, tokens, tokens, 1 / Math.sqrt(dim), weights, slopes);
        // dq = ds k, dk = ds^T q
        multiply(tokens, tokens, dim, slopes, tokens, 0, q + part, triple, 0, dq, triple);
        multiply(tokens, tokens, dim, slopes, tokens, 1, q, triple, 0, dq + part, triple);
      }
    },
  };
}

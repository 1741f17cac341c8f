import { type Plain, sizeOf } from './plain.js';

interface Attention {
  readonly heads: number;
  readonly causal: boolean;
}

/** One query with all that it sees. */
interface Query {
  /** The attention weights of the tokens that it sees. */
  readonly weights: readonly number[];
  /** Where its numbers begin in qkv. */
  readonly query: number;
  /** Where the key of a token begins in qkv; its value lies `width` further on. */
  readonly keyOf: (token: number) => number;
  /** Where its result begins. */
  readonly result: number;
  readonly dim: number;
  readonly width: number;
}

/** Query by query and head by head in the packed array, unlike the layer's, which rearranges. */
function eachQuery({ shape, data }: Plain, { heads, causal }: Attention, visit: (query: Query) => void): void {
  const [batch = 0, tokens = 0, triple = 0] = shape;
  const width = triple / 3;
  const dim = width / heads;
  for (let row = 0; row < batch * tokens; row += 1) {
    const first = row - (row % tokens);
    for (let head = 0; head < heads; head += 1) {
      const query = row * triple + head * dim;
      const keyOf = (token: number) => (first + token) * triple + width + head * dim;
      const scores = Array.from({ length: causal ? (row % tokens) + 1 : tokens }, (_, token) => {
        let score = 0;
        for (let i = 0; i < dim; i += 1) score += (data[query + i] as number) * (data[keyOf(token) + i] as number);
        return score / Math.sqrt(dim);
      });
      visit({ weights: softmaxOf(scores), query, keyOf, result: row * width + head * dim, dim, width });
    }
  }
}

function softmaxOf(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - top));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

const addTo = (data: Float64Array, position: number, value: number) => {
  data[position] = (data[position] as number) + value;
};

/** Self-attention of several heads on the packed `[batch, tokens, 3 * width]`. */
export function attentionPlain(qkv: Plain, options: Attention): Plain {
  const shape = [...qkv.shape.slice(0, -1), (qkv.shape.at(-1) ?? 0) / 3];
  const data = new Float64Array(sizeOf(shape));
  eachQuery(qkv, options, ({ weights, keyOf, result, dim, width }) => {
    for (const [token, weight] of weights.entries()) {
      const value = keyOf(token) + width;
      for (let i = 0; i < dim; i += 1) addTo(data, result + i, weight * (qkv.data[value + i] as number));
    }
  });
  return { shape, data };
}

/** The gradient of {@link attentionPlain}, by the chain rule. */
export function attentionGradient(qkv: Plain, dy: Plain, options: Attention): Plain {
  const data = new Float64Array(qkv.data.length);
  eachQuery(qkv, options, ({ weights, query, keyOf, result, dim, width }) => {
    const slopes = weights.map((_, token) => {
      let slope = 0;
      for (let i = 0; i < dim; i += 1) {
        slope += (dy.data[result + i] as number) * (qkv.data[keyOf(token) + width + i] as number);
      }
      return slope;
    });
    const mean = slopes.reduce((sum, slope, token) => sum + slope * (weights[token] as number), 0);
    for (const [token, weight] of weights.entries()) {
      const key = keyOf(token);
      const score = (weight * ((slopes[token] as number) - mean)) / Math.sqrt(dim);
      for (let i = 0; i < dim; i += 1) {
        addTo(data, query + i, score * (qkv.data[key + i] as number));
        addTo(data, key + i, score * (qkv.data[query + i] as number));
        addTo(data, key + width + i, weight * (dy.data[result + i] as number));
      }
    }
  });
  return { shape: qkv.shape, data };
}

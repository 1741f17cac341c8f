import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type Node } from '../functions/function-def.js';
import type { Operations } from '../functions/operations.js';
import type { Handle } from '../tensorflow-binding.js';
import type { Composition, Eager } from './eager.js';
import { memoize } from './memoize.js';

/** Far below any score, and finite. */
const maskedScore = -1e9;

/** What a function is written for. The batch may be any. */
interface Extents {
  readonly tokens: number;
  readonly heads: number;
  readonly dim: number;
  readonly causal: boolean;
}

/** Query, key and value, [heads, batch, tokens, dim] each, and the weights, [heads, batch, tokens, tokens]. */
type Parts = readonly [Node, Node, Node, Node];

/** [batch, tokens, parts * heads * dim] -> [parts * heads, batch, tokens, dim] */
const splitHeads = (x: Node, parts: number, { tokens, heads, dim }: Extents, ops: Operations): Node =>
  ops.transpose(ops.reshape(x, [-1, tokens, parts * heads, dim]), [2, 0, 1, 3]);

/** [parts * heads, batch, tokens, dim] -> [batch, tokens, parts * heads * dim] */
const joinHeads = (x: Node, parts: number, { tokens, heads, dim }: Extents, ops: Operations): Node =>
  ops.reshape(ops.transpose(x, [1, 2, 0, 3]), [-1, tokens, parts * heads * dim]);

function causalMask(tokens: number, ops: Operations): Node {
  const mask = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row += 1) mask.fill(maskedScore, row * tokens + row + 1, (row + 1) * tokens);
  return ops.floats(mask, [tokens, tokens]);
}

const scaleFor = ({ dim }: Extents, ops: Operations): Node => ops.scalar(1 / Math.sqrt(dim));

function weigh(qkv: Node, extents: Extents, ops: Operations): Parts {
  const [query, key, value] = ops.split(splitHeads(qkv, 3, extents, ops), 3) as [Node, Node, Node];
  const scores = ops.binary('Mul', ops.matMulStacks(query, key, { b: true }), scaleFor(extents, ops));
  const visible = extents.causal ? ops.binary('AddV2', scores, causalMask(extents.tokens, ops)) : scores;
  return [query, key, value, ops.unary('Softmax', visible)];
}

/** The gradient of qkv, [batch, tokens, 3 * width]. */
function differentiate([query, key, value, weights]: Parts, dy: Node, extents: Extents, ops: Operations): Node {
  const slope = splitHeads(dy, 1, extents, ops); // [heads, batch, tokens, dim]
  // The gradient of softmax is p (g - sum of p g).
  const weighted = ops.binary('Mul', ops.matMulStacks(slope, value, { b: true }), weights); // [heads, batch, tokens, tokens]
  const unscaled = ops.binary('Sub', weighted, ops.binary('Mul', weights, ops.sumLast(weighted)));
  const dScores = ops.binary('Mul', unscaled, scaleFor(extents, ops)); // [heads, batch, tokens, tokens]
  const dQuery = ops.matMulStacks(dScores, key); // [heads, batch, tokens, dim]
  const dKey = ops.matMulStacks(dScores, query, { a: true }); // [heads, batch, tokens, dim]
  const dValue = ops.matMulStacks(weights, slope, { a: true }); // [heads, batch, tokens, dim]
  return joinHeads(ops.concat([dQuery, dKey, dValue]), 3, extents, ops);
}

/** The functions for sequences of one kind. Those that remember return what the gradient needs of the forward pass. */
function compose(tokens: number, heads: number, dim: number, causal: boolean) {
  const extents = { tokens, heads, dim, causal };
  const suffix = `${tokens}_${heads}_${dim}${causal ? '_causal' : ''}`;
  const forward = (remembers: boolean): Composition => ({
    name: `attention_${remembers ? 'remembered_' : ''}${suffix}`,
    types: floats('qkv'),
    outputs: remembers ? 5 : 1,
    write({ qkv }, ops) {
      const parts = weigh(qkv as Node, extents, ops);
      const y = joinHeads(ops.matMulStacks(parts[3], parts[2]), 1, extents, ops); // [batch, tokens, width]
      return remembers ? [y, ...parts] : [y];
    },
  });
  return {
    forward: forward(false),
    remember: forward(true),
    gradient: {
      name: `attention_gradient_${suffix}`,
      types: floats('qkv', 'dy'),
      outputs: 1,
      write: ({ qkv, dy }, ops) => [differentiate(weigh(qkv as Node, extents, ops), dy as Node, extents, ops)],
    } satisfies Composition,
    rememberedGradient: {
      name: `attention_remembered_gradient_${suffix}`,
      types: floats('query', 'key', 'value', 'weights', 'dy'),
      outputs: 1,
      write: ({ query, key, value, weights, dy }, ops) => [
        differentiate([query, key, value, weights] as unknown as Parts, dy as Node, extents, ops),
      ],
    } satisfies Composition,
  };
}

/** Self-attention, one product for all heads of all sequences. Its gradient takes the weights from the forward pass where they were kept. */
export function createAttention({ compute, call, of, tensor, ...eager }: Eager): Required<FusedKernels>['attention'] {
  const memoized = memoize(compose);
  const functionsFor = ({ shape }: TensorInfo, heads: number, causal: boolean) => {
    const [, tokens, columns] = shape as [number, number, number];
    return memoized(tokens, heads, columns / 3 / heads, causal);
  };
  const memory = (heads: number, causal: boolean) => `attention ${heads} ${causal}`;
  return {
    forward: ({ qkv }, { heads, causal }) =>
      compute(() => {
        const { forward, remember } = functionsFor(qkv, heads, causal);
        const isRecording = eager.isRecording();
        const [y, ...kept] = call(isRecording ? remember : forward, [of(qkv)]);
        if (isRecording) eager.keep(qkv, memory(heads, causal), kept);
        return tensor(y as Handle);
      }),
    gradient: ({ qkv, dy }, { heads, causal }) =>
      compute(() => {
        const { gradient, rememberedGradient } = functionsFor(qkv, heads, causal);
        const kept = eager.kept(qkv, memory(heads, causal));
        const results = kept ? call(rememberedGradient, [...kept, of(dy)]) : call(gradient, [of(qkv), of(dy)]);
        return results.map(tensor) as [TensorInfo];
      }),
  };
}

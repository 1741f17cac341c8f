import type { AttentionAttributes, FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Argument, KernelContext } from './kernel-context.js';
import { countShares, splitExtent } from './split.js';

/** The extents of attention. */
export interface AttentionShape {
  readonly batch: number;
  readonly tokens: number;
  readonly heads: number;
  /** Numbers of a token in a head. */
  readonly dim: number;
}

/** @param qkv - `[batch, tokens, 3 * heads * dim]` */
function attentionShapeOf({ shape }: TensorInfo, { heads }: AttentionAttributes): AttentionShape {
  const [batch, tokens, triple] = shape as [number, number, number];
  return { batch, tokens, heads, dim: triple / 3 / heads };
}

/** Attention by our own products: a thread computes whole heads. */
export function createAttention(context: KernelContext): Required<FusedKernels>['attention'] {
  const { exports, pool, scratch, make, addressOf } = context;

  const runHeads = (kernel: string, shape: AttentionShape, args: readonly Argument[], products: number) => {
    const { batch, tokens, heads, dim } = shape;
    const pairs = batch * heads;
    const bytes = exports.attentionScratchBytes(tokens);
    const ranges = splitExtent(pairs, countShares(pairs * products * tokens * tokens * dim, pool.size));
    const numbers = args.map((argument) => (typeof argument === 'number' ? argument : addressOf(argument)));
    const first = scratch.reserve(ranges.length * bytes);
    pool.run(
      kernel,
      ranges.map(([start, end], i) => [start, end, heads, tokens, dim, ...numbers, first + i * bytes]),
    );
  };

  return {
    forward({ qkv }, attributes) {
      const shape = attentionShapeOf(qkv, attributes);
      const y = make([shape.batch, shape.tokens, shape.heads * shape.dim]);
      runHeads('attentionHeads', shape, [Number(attributes.causal), qkv, y], 2);
      return y;
    },
    gradient({ qkv, dy }, attributes) {
      const shape = attentionShapeOf(qkv, attributes);
      const dQkv = make(qkv.shape);
      runHeads('attentionHeadsGradient', shape, [Number(attributes.causal), qkv, dy, dQkv], 5);
      return [dQkv];
    },
  };
}

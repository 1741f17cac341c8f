import {
  type AttentionOptions,
  add,
  biasQuickGelu,
  layerNorm,
  linear,
  multiHeadAttention,
  type Tensor,
  tidy,
} from '@sofd/tensor';
import { linearSpecs, normSpecs, type ParametersOf } from '../parameters/parameter-spec.js';
import { computeAttentionMaps } from './attention-maps.js';
import type { Observe } from './observe.js';

/** Width, depth and heads of a stack of blocks. */
export interface TransformerShape {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

const blockSpecs = ({ width, depth }: TransformerShape) => {
  // Residual branches add up over the depth, so what writes into them starts smaller.
  const residual = width ** -0.5 * (2 * depth) ** -0.5;
  return {
    norm1: normSpecs(width),
    attention: { input: linearSpecs(width, 3 * width, width ** -0.5), output: linearSpecs(width, width, residual) },
    norm2: normSpecs(width),
    expand: linearSpecs(width, 4 * width, (2 * width) ** -0.5),
    contract: linearSpecs(4 * width, width, residual),
  };
};

/** The parameters of a stack of pre-norm blocks, with CLIP's initial deviations. */
export const transformerSpecs = (shape: TransformerShape) =>
  Array.from({ length: shape.depth }, () => blockSpecs(shape));

/** The parameters of a stack of blocks. */
export type TransformerParameters = ParametersOf<ReturnType<typeof transformerSpecs>>;

/** What {@link transformer} is told. */
interface TransformerOptions extends AttentionOptions {
  /** Is told of `blocks.0.attention`, [batch, heads, tokens, tokens], `blocks.0.output`, [batch, tokens, width], and so on. */
  readonly observe?: Observe | undefined;
}

/**
 * A stack of pre-norm residual blocks: x + attention(norm(x)), then x + mlp(norm(x)) with QuickGELU x·σ(1.702x).
 *
 * @param x - [batch, tokens, width]
 * @param blocks - the parameters, one a block
 * @param options - heads a block, whether attention is causal, and who is told of intermediates
 * @returns [batch, tokens, width]
 */
export function transformer(x: Tensor, blocks: TransformerParameters, options: TransformerOptions): Tensor {
  const { observe, ...attention } = options;
  return blocks.reduce((stream, block, index) => {
    observe?.(`blocks.${index}.attention`, () => computeAttentionMaps(stream, block, attention));
    // Each block frees what it leaves behind, and the next one finds that memory in the processor's cache.
    const output = tidy(() => transformerBlock(stream, block, attention)); // [batch, tokens, width]
    observe?.(`blocks.${index}.output`, () => output);
    return output;
  }, x);
}

function transformerBlock(x: Tensor, block: TransformerParameters[number], options: AttentionOptions): Tensor {
  const attended = multiHeadAttention(layerNorm(x, block.norm1), block.attention, options); // [batch, tokens, width]
  const middle = add(x, attended); // [batch, tokens, width]
  const expanded = linear(layerNorm(middle, block.norm2), block.expand.weight); // [batch, tokens, 4 width]
  const hidden = biasQuickGelu(expanded, block.expand.bias); // [batch, tokens, 4 width]
  return add(middle, linear(hidden, block.contract.weight, block.contract.bias)); // [batch, tokens, width]
}

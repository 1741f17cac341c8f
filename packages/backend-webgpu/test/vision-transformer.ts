import { createRandom } from '@sofd/core';
import {
  add,
  biasQuickGelu,
  concat,
  fidelityElements,
  layerNorm,
  linear,
  matMul,
  mean,
  multiHeadAttention,
  neg,
  ones,
  patchify,
  reshape,
  sigmoid,
  slice,
  type Tensor,
  tensorFrom,
  tile,
  zeros,
} from '@sofd/tensor';

/** A vision transformer with a class token, as `@sofd/model` builds it. */
export interface VitShape {
  readonly patchSize: number;
  readonly patches: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly labels: number;
}

/** Parameters drawn from a seed. */
export function createVit({ patchSize, patches, width, depth, labels }: VitShape) {
  const random = createRandom('vit');
  const normal = (shape: readonly number[]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const bound = (shape[0] as number) ** -0.5;
    return tensorFrom(
      Float32Array.from({ length: size }, () => random.uniformBetween(-bound, bound)),
      shape,
    );
  };
  const affine = (from: number, to: number) => ({ weight: normal([from, to]), bias: zeros([to]) });
  const norm = () => ({ gain: ones([width]), bias: zeros([width]) });
  return {
    patches: normal([patchSize * patchSize * 3, width]),
    classToken: normal([1, 1, width]),
    positions: normal([1, patches + 1, width]),
    before: norm(),
    blocks: Array.from({ length: depth }, () => ({
      norm1: norm(),
      attention: { input: affine(width, 3 * width), output: affine(width, width) },
      norm2: norm(),
      expand: affine(width, 4 * width),
      contract: affine(4 * width, width),
    })),
    after: norm(),
    labels: normal([width, labels]),
  };
}

/** What {@link createVit} makes. */
export type VitParameters = ReturnType<typeof createVit>;

/** Logits of images, [batch, labels]. */
export function encodeVit({ patchSize, heads, width }: VitShape, params: VitParameters, images: Tensor): Tensor {
  const batch = images.shape[0] as number;
  const patches = patchify(images, patchSize);
  const [, count, pixels] = patches.shape as [number, number, number];
  const flat = matMul(reshape(patches, [batch * count, pixels]), params.patches); // [batch * patches, width]
  const tokens = concat([tile(params.classToken, [batch, 1, 1]), reshape(flat, [batch, count, width])], 1);
  const stream = params.blocks.reduce(
    (x, { norm1, attention, norm2, expand, contract }) => {
      const middle = add(x, multiHeadAttention(layerNorm(x, norm1), attention, { heads }));
      const hidden = biasQuickGelu(linear(layerNorm(middle, norm2), expand.weight), expand.bias);
      return add(middle, linear(hidden, contract.weight, contract.bias));
    },
    layerNorm(add(tokens, params.positions), params.before),
  ); // [batch, patches + 1, width]
  const summary = reshape(slice(stream, [0, 0, 0], [batch, 1, width]), [batch, width]);
  return matMul(layerNorm(summary, params.after), params.labels);
}

/** The fidelity loss of the logits, a scalar. */
export function vitLoss(
  shape: VitShape,
  params: VitParameters,
  { images, targets }: Record<'images' | 'targets', Tensor>,
): Tensor {
  const logits = encodeVit(shape, params, images);
  return mean(fidelityElements(sigmoid(logits), sigmoid(neg(logits)), { targets, epsilon: 1e-8 }));
}

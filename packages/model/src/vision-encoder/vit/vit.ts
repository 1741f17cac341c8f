import {
  add,
  concat,
  layerNorm,
  matMul,
  type ParameterTree,
  patchify,
  reshape,
  slice,
  type Tensor,
  zeros,
} from '@sofd/tensor';
import { normal, normSpecs, type ParametersOf } from '../../parameters/parameter-spec.js';
import type { Observe } from '../../transformer/observe.js';
import { transformer, transformerSpecs } from '../../transformer/transformer.js';
import type { VisionEncoder } from '../vision-encoder.js';
import type { VitConfig } from './vit-config.js';

/** Mean and deviation of the images that CLIP was trained on. */
const clipNormalization = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
} as const;

const vitSpecs = (config: VitConfig, embedDim: number) => {
  const { imageSize, patchSize, width } = config;
  const patches = (imageSize / patchSize) ** 2;
  const deviation = width ** -0.5;
  return {
    // Rows run over y, x, channel of a patch.
    patchProjection: normal([patchSize * patchSize * 3, width], (patchSize * patchSize * 3) ** -0.5),
    classToken: normal([width], deviation),
    positions: normal([patches + 1, width], deviation),
    normBefore: normSpecs(width),
    blocks: transformerSpecs(config),
    normAfter: normSpecs(width),
    projection: normal([width, embedDim], deviation),
  };
};

type VitParameters = ParametersOf<ReturnType<typeof vitSpecs>>;

function encode(config: VitConfig, params: VitParameters, images: Tensor, observe?: Observe): Tensor {
  const batch = images.shape[0]!;
  const { width, patchSize, heads } = config;
  const patches = patchify(images, patchSize); // [batch, patches, patchSize² 3]
  const [, count, pixels] = patches.shape as [number, number, number];
  const flat = matMul(reshape(patches, [batch * count, pixels]), params.patchProjection); // [batch patches, width]
  const embedded = reshape(flat, [batch, count, width]); // [batch, patches, width]
  observe?.('patches', () => embedded);
  // Added to zeros, since the gradient of tile takes two operations an image.
  const classTokens = add(zeros([batch, 1, width]), params.classToken); // [batch, 1, width]
  const tokens = concat([classTokens, embedded], 1); // [batch, patches + 1, width]
  const placed = add(tokens, reshape(params.positions, [1, count + 1, width])); // [batch, patches + 1, width]
  const normed = layerNorm(placed, params.normBefore); // [batch, patches + 1, width]
  observe?.('tokens', () => normed);
  const stream = transformer(normed, params.blocks, { heads, observe }); // [batch, patches + 1, width]
  observe?.('normalized', () => layerNorm(stream, params.normAfter));
  const summary = reshape(slice(stream, [0, 0, 0], [batch, 1, width]), [batch, width]); // [batch, width]
  return matMul(layerNorm(summary, params.normAfter), params.projection); // [batch, embedDim]
}

/**
 * CLIP's vision transformer: patches and a class token through pre-norm blocks; the class token, normalised and
 * projected, is the embedding. All of it trains, so its features are the images.
 *
 * @param config - image size, patch size, width, depth, heads
 * @param embedDim - length of the embedding
 * @see method.md section 2
 */
export function vit(config: VitConfig, embedDim: number): VisionEncoder {
  const { imageSize } = config;
  return {
    imageSize,
    normalization: clipNormalization,
    featureShape: [imageSize, imageSize, 3],
    specs: vitSpecs(config, embedDim),
    isFrozen: () => false,
    encode: (params: ParameterTree, images, observe) => encode(config, params as VitParameters, images, observe),
  };
}

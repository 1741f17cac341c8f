import {
  add,
  concat,
  conv2d,
  depthwiseConv2d,
  mean,
  type ParameterTree,
  relu6,
  reshape,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
} from '@sofd/tensor';
import { constant, normal, type ParametersOf } from '../../parameters/parameter-spec.js';
import type { PooledStemConfig } from './pooled-stem-config.js';

type Filter = [number, number, number, number];
/** What the convolutions take; the rank is a fact of the specs, which their types do not carry. */
type Map4D = Extract<Parameters<typeof conv2d>[1], Tensor>;

/** A convolution filter and a bias a channel, starting so that the variance of the activations stays as it is. */
const filterSpecs = (shape: Filter, fanIn: number, outputs: number) => ({
  filter: normal(shape, Math.sqrt(2 / fanIn)),
  bias: constant([outputs], 0),
});

/** The parameters of the stem; batch normalisation is folded into filters and biases. */
export const stemSpecs = ({ firstChannels, blocks }: PooledStemConfig) => ({
  first: filterSpecs([3, 3, 3, firstChannels], 27, firstChannels),
  blocks: blocks.map(({ channels }, index) => {
    const inputs = blocks[index - 1]?.channels ?? firstChannels;
    return {
      depthwise: filterSpecs([3, 3, inputs, 1], 9, inputs),
      pointwise: filterSpecs([1, 1, inputs, channels], inputs, channels),
    };
  }),
});

/** The parameters of the stem. */
export type StemParameters = ParametersOf<ReturnType<typeof stemSpecs>>;

/** The mean over rows and columns; one after the other, since a float32 sum over all positions would lose four digits. */
const meanOverSpace = (map: Tensor): Tensor => mean(mean(map, 2, true), 1, true);

/** Mean and deviation of every channel over the positions of a feature map. */
function poolStatistics(map: Tensor): Tensor {
  const [batch, , , channels] = map.shape as Filter;
  const average = meanOverSpace(map); // [batch, 1, 1, channels]
  const deviation = sqrt(meanOverSpace(square(sub(map, average)))); // [batch, 1, 1, channels]
  return reshape(concat([average, deviation], 3), [batch, 2 * channels]); // [batch, 2 channels]
}

/**
 * The features of a frozen convolutional stem: for each pooled block, the mean of every channel over the image, then
 * its standard deviation.
 *
 * A first 3x3 convolution with stride 2 is followed by depthwise-separable blocks, each activation min(max(x, 0), 6);
 * padding is TensorFlow's SAME. What a forged region changes are statistics of many shallow and middle depths, so
 * those are kept and positions are not.
 *
 * @param config - `model.vision` of kind `pooled-stem`
 * @param params - the stem's parameters, `params.vision.stem`
 * @param images - [batch, imageSize, imageSize, 3], RGB, 0 to 255
 * @returns [batch, features], two numbers a channel of each pooled block, in the order of `pooledBlocks`
 */
export function computeStemFeatures(config: PooledStemConfig, params: ParameterTree, images: Tensor): Tensor {
  const { first, blocks } = params as StemParameters;
  return tidy(() => {
    let map: Tensor = relu6(add(conv2d(images as Map4D, first.filter as Map4D, 2, 'same'), first.bias)); // [batch, size / 2, size / 2, channels]
    const maps = blocks.map(({ depthwise, pointwise }, index) => {
      const { stride } = config.blocks[index]!;
      const spread = depthwiseConv2d(map as Map4D, depthwise.filter as Map4D, stride, 'same'); // [batch, h, w, inputs]
      const mixed = conv2d(relu6(add(spread, depthwise.bias)) as Map4D, pointwise.filter as Map4D, 1, 'same'); // [batch, h, w, channels]
      map = relu6(add(mixed, pointwise.bias));
      return map;
    });
    return concat(
      config.pooledBlocks.map((block) => poolStatistics(maps[block - 1]!)),
      1,
    ); // [batch, features]
  });
}

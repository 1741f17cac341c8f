import type { ParameterTree, Tensor } from '@sofd/tensor';
import type { SpecTree } from '../parameters/parameter-spec.js';
import type { Observe } from '../transformer/observe.js';

/** What maps 8-bit pixels to the numbers that an encoder reads: (pixel / 255 - mean) / std, a channel each. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * The image side of the model: a frozen part that turns images into features, and a trained part that turns features
 * into embeddings. Where nothing is frozen, the features are the images.
 */
export interface VisionEncoder {
  /** Side of the square input, pixels. */
  readonly imageSize: number;
  /** The normalisation that the encoder was designed for. */
  readonly normalization: Normalization;
  /** Shape of the features of one image. */
  readonly featureShape: readonly number[];
  /** The parameters, without the name `vision` before them. */
  readonly specs: SpecTree;
  /** Whether training leaves the parameter of this name (without `vision.`) as it is. */
  isFrozen(name: string): boolean;
  /** Images [batch, height, width, 3] to features [batch, ...featureShape]; not differentiable. Absent where features are images. */
  freeze?(params: ParameterTree, images: Tensor): Tensor;
  /**
   * Features [batch, ...featureShape] to embeddings [batch, embedDim]; differentiable in the parameters that train. Who is
   * given as `observe` is told of intermediates.
   */
  encode(params: ParameterTree, features: Tensor, observe?: Observe): Tensor;
  /** The parameters, by name, that are statistics of the training features [count, ...featureShape]. Absent where there are none. */
  fit?(features: Float32Array, count: number): Readonly<Record<string, Float32Array>>;
}

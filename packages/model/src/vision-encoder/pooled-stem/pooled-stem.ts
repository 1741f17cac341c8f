import { div, linear, mul, type ParameterTree, sub, type Tensor } from '@sofd/tensor';
import { constant, linearSpecs, type ParametersOf } from '../../parameters/parameter-spec.js';
import type { Observe } from '../../transformer/observe.js';
import type { VisionEncoder } from '../vision-encoder.js';
import { countFeatures, type PooledStemConfig } from './pooled-stem-config.js';
import { computeStemFeatures, stemSpecs } from './stem.js';

/** Added to a feature's deviation, so that a channel that is almost always zero does not become noise. */
const leastDeviation = 1e-3;

/**
 * The factor on standardised features. An optimizer that moves every weight by its learning rate moves a sum over
 * thousands of features by thousands of rates; scaled like this, it moves as a layer of 64 inputs does, and the rate that
 * suits the text encoder, 1e-3, suits the projection too.
 */
const featureScale = (features: number): number => Math.min(1, Math.sqrt(64 / features));

const pooledStemSpecs = (config: PooledStemConfig, embedDim: number) => {
  const features = countFeatures(config);
  return {
    stem: stemSpecs(config),
    standard: { mean: constant([features], 0), deviation: constant([features], 1) },
    projection: linearSpecs(features, embedDim, features ** -0.5),
  };
};

type PooledStemParameters = ParametersOf<ReturnType<typeof pooledStemSpecs>>;

function encode({ standard, projection }: PooledStemParameters, features: Tensor, observe?: Observe): Tensor {
  const [width] = standard.mean.shape as [number];
  const standardized = div(sub(features, standard.mean), standard.deviation); // [batch, features]
  observe?.('standardized', () => standardized);
  return linear(mul(standardized, featureScale(width)), projection.weight, projection.bias); // [batch, embedDim]
}

/** Mean and deviation of every feature over a training set, in float64 before rounding. */
function fit(features: Float32Array, count: number) {
  const width = features.length / count;
  const sums = new Float64Array(width);
  for (let i = 0; i < features.length; i++) sums[i % width]! += features[i]! / count;
  const squares = new Float64Array(width);
  for (let i = 0; i < features.length; i++) squares[i % width]! += (features[i]! - sums[i % width]!) ** 2 / count;
  return {
    'standard.mean': Float32Array.from(sums),
    'standard.deviation': Float32Array.from(squares, (square) => Math.sqrt(square) + leastDeviation),
  };
}

/**
 * A frozen convolutional stem, pooled to statistics, standardised, and projected by one trained layer.
 *
 * embedding = c W (s - μ) / σ + b with a constant c, the stem's statistics s, and their mean μ and deviation σ over the
 * training set. Only W and b train, so a training step reads features that are computed once an image.
 *
 * @param config - the stem and which blocks are pooled
 * @param embedDim - length of the embedding
 */
export function pooledStem(config: PooledStemConfig, embedDim: number): VisionEncoder {
  return {
    imageSize: config.imageSize,
    // The stem reads 0 to 255.
    normalization: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
    featureShape: [countFeatures(config)],
    specs: pooledStemSpecs(config, embedDim),
    isFrozen: (name) => !name.startsWith('projection.'),
    freeze: (params: ParameterTree, images) => computeStemFeatures(config, params.stem as ParameterTree, images),
    encode: (params: ParameterTree, features, observe) => encode(params as PooledStemParameters, features, observe),
    fit,
  };
}

import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { linear } from '../../layers/linear.js';
import type { Comparison } from '../comparison.js';
import { build, type Plain, sizeOf } from '../plain/plain.js';
import { affineGradients, affinePlain, matMulGradients, matMulPlain } from '../plain/products.js';

interface Layer {
  readonly shape: readonly number[];
  readonly outputs: number;
  readonly heavy?: boolean;
}

const layers: readonly Layer[] = [
  { shape: [6, 5], outputs: 4 },
  { shape: [2, 3, 5], outputs: 4 },
  { shape: [1, 5], outputs: 4 },
  { shape: [1, 1], outputs: 1 },
  { shape: [7, 64], outputs: 1 },
  { shape: [2, 51, 67], outputs: 201 },
  { shape: [4, 50, 192], outputs: 576, heavy: true },
];

const onLayer = ({ shape, outputs, heavy = false }: Layer) => {
  const width = shape.at(-1) as number;
  return {
    name: `linear: [${shape.join(', ')}] to ${outputs}`,
    inputs: [{ shape }, { shape: [width, outputs] }],
    terms: width + 1,
    gradientTerms: Math.max(sizeOf(shape) / width, outputs),
    isLayer: true,
    heavy,
  };
};

const biasedCases = layers.map((layer): Comparison => {
  const base = onLayer(layer);
  return {
    ...base,
    inputs: [...base.inputs, { shape: [layer.outputs] }],
    onEngine: (x: Tensor, weight: Tensor, bias: Tensor) => linear(x, weight, bias),
    onPlain: affinePlain,
    plainGradients: affineGradients,
  };
});

const unbiased = onLayer({ shape: [2, 3, 5], outputs: 4 });

const constant = {
  weight: build([5, 4], (row = 0, column = 0) => (row - column) / 8),
  bias: build([4], (i = 0) => i / 4),
};
const image = build([6, 5], (row = 0, column = 0) => (2 * row - 3 * column) / 16);
const toTensor = ({ shape, data }: Plain) => tensor(Float32Array.from(data), [...shape]);

/** Affine maps. */
export const linearCases: readonly Comparison[] = [
  ...biasedCases,
  {
    ...unbiased,
    name: `${unbiased.name}, without bias`,
    onEngine: (x: Tensor, weight: Tensor) => linear(x, weight),
    onPlain: matMulPlain,
    plainGradients: matMulGradients,
  },
  {
    name: 'linear: [6, 5] to 4, of weights that are not differentiated',
    inputs: [{ shape: [6, 5] }],
    onEngine: (x: Tensor) => linear(x, toTensor(constant.weight), toTensor(constant.bias)),
    onPlain: (x: Plain) => affinePlain(x, constant.weight, constant.bias),
    terms: 6,
    isLayer: true,
  },
  {
    name: 'linear: [6, 5] to 4, of an image that is not differentiated',
    inputs: [{ shape: [5, 4] }, { shape: [4] }],
    onEngine: (weight: Tensor, bias: Tensor) => linear(toTensor(image), weight, bias),
    onPlain: (weight: Plain, bias: Plain) => affinePlain(image, weight, bias),
    terms: 6,
    isLayer: true,
  },
];

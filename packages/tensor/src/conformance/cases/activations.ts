import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { biasQuickGelu } from '../../layers/bias-quick-gelu.js';
import { embedTokens } from '../../layers/embed-tokens.js';
import { fidelityElements } from '../../layers/fidelity-elements.js';
import { layerNorm } from '../../layers/layer-norm.js';
import type { Comparison } from '../comparison.js';
import { fidelityGradients, fidelityPlain } from '../plain/fidelity.js';
import { layerNormGradients, layerNormPlain } from '../plain/layer-norm.js';
import { at, build, type Plain, sizeOf } from '../plain/plain.js';
import { biasQuickGeluGradients, biasQuickGeluPlain } from '../plain/quick-gelu.js';

const rowsOf = (shape: readonly number[]) => sizeOf(shape) / (shape.at(-1) as number);

const layerNormCase = (shape: readonly number[], epsilon?: number): Comparison => {
  const width = shape.at(-1) as number;
  return {
    name: `layerNorm: [${shape.join(', ')}]${epsilon ? `, epsilon ${epsilon}` : ''}`,
    inputs: [{ shape, low: -2, high: 3 }, { shape: [width] }, { shape: [width] }],
    onEngine: (x: Tensor, gain: Tensor, bias: Tensor) => layerNorm(x, { gain, bias }, epsilon),
    onPlain: layerNormPlain(epsilon ?? 1e-5),
    plainGradients: layerNormGradients(epsilon ?? 1e-5),
    // A mean and a variance; and back, two more means, or sums over the rows for gain and bias.
    terms: 2 * width,
    gradientTerms: Math.max(4 * width, 2 * width + rowsOf(shape)),
    isLayer: true,
    heavy: sizeOf(shape) > 1e5,
  };
};

const layerNormCases = [
  ...[
    [2, 3, 9],
    [4, 8],
    [1, 1, 13],
    [3, 1],
    [1, 64],
    [5, 67],
    [400, 768],
  ].map((shape) => layerNormCase(shape)),
  layerNormCase([4, 8], 0.5),
];

const quickGeluCases = [
  [2, 3, 5],
  [4, 8],
  [1, 1],
  [3, 1],
  [103, 129],
].map(
  (shape): Comparison => ({
    name: `biasQuickGelu: [${shape.join(', ')}]`,
    inputs: [{ shape, low: -6, high: 6 }, { shape: shape.slice(-1) }],
    onEngine: (x: Tensor, bias: Tensor) => biasQuickGelu(x, bias),
    onPlain: biasQuickGeluPlain,
    plainGradients: biasQuickGeluGradients,
    // exp of up to 12 errs by 3 + 2 * 12 units in the last place on a GPU.
    terms: 27,
    gradientTerms: 27 + rowsOf(shape),
    isLayer: true,
  }),
);

const fidelityCase = (shape: readonly number[], epsilon: number): Comparison => {
  // Zero, one and what lies between.
  const targets = build(shape, (...indices) => [0, 1, 1, 0.25, 0, 1, 0.5][(indices.at(-1) ?? 0) % 7] as number);
  const inside = { shape, low: 0.1, high: 0.9 };
  return {
    name: `fidelityElements: [${shape.join(', ')}], epsilon ${epsilon}`,
    inputs: [inside, inside],
    onEngine: (marginals: Tensor, complements: Tensor) =>
      fidelityElements(marginals, complements, {
        targets: tensor(Float32Array.from(targets.data), [...shape]),
        epsilon,
      }),
    onPlain: (marginals: Plain, complements: Plain) => fidelityPlain(epsilon)(marginals, complements, targets),
    plainGradients: (inputs, dy) => fidelityGradients(epsilon)([...inputs, targets], dy),
    // The slope of a root near zero is 1 / (2 * 1e-4) at most, times a factor that is exactly zero there.
    terms: 4,
    gradientTerms: 4,
    isLayer: true,
  };
};

const fidelityCases = [fidelityCase([1], 1e-8), fidelityCase([3, 5], 1e-2), fidelityCase([64, 10], 1e-8)];

const embeddingCase = (ids: readonly number[], [vocabulary, width]: readonly [number, number]): Comparison => ({
  name: `embedTokens: ${ids.length} of [${vocabulary}, ${width}]`,
  inputs: [{ shape: [vocabulary, width] }],
  onEngine: (table: Tensor) => embedTokens(Int32Array.from(ids), table),
  onPlain: (table: Plain) => build([ids.length, width], (row = 0, column = 0) => at(table, ids[row] ?? 0, column)),
  plainGradients: (_, dy) => {
    const data = new Float64Array(vocabulary * width);
    for (const [i, slope] of dy.data.entries()) {
      const place = (ids[Math.floor(i / width)] as number) * width + (i % width);
      data[place] = (data[place] as number) + slope;
    }
    return [{ shape: [vocabulary, width], data }];
  },
  // Where it is a product with rows of zeros and a one, all but one of the terms are exactly zero.
  gradientTerms: ids.length,
  isLayer: true,
});

/** The layers beside products: normalisation, activation, loss. */
export const activationCases: readonly Comparison[] = [...layerNormCases, ...quickGeluCases, ...fidelityCases];

/** Lookups. */
export const embeddingCases: readonly Comparison[] = [
  embeddingCase([4, 0, 2, 2, 5], [6, 3]),
  embeddingCase([1], [2, 1]),
  // Tokens that repeat often, some of them next to each other, and the last one of the table.
  embeddingCase(
    Array.from({ length: 231 }, (_, i) => (i % 77 === 0 ? 510 : (i * i) % 97)),
    [511, 65],
  ),
];

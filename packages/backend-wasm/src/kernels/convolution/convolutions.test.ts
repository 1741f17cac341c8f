import { wasm } from '@sofd/backend-wasm';
import { createRandom } from '@sofd/core';
import { countTensors, readTensor, useBackend } from '@sofd/tensor';
import { engine, fused, memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const activations = ['linear', 'relu', 'relu6', 'prelu', 'leakyrelu', 'elu', 'sigmoid'] as const;
type Activation = (typeof activations)[number];
type Pad = 'same' | 'valid' | number;

interface Case {
  readonly isDepthwise: boolean;
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
  readonly filter: readonly [height: number, width: number];
  /** Output channels; as many as input channels where it is depthwise. */
  readonly outputs: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: Pad;
  readonly activation: Activation;
}

const unitRoundoff = 2 ** -24;
const slopeOf = { prelu: 0.25, leakyrelu: 0.2 };

function activate(value: number, activation: Activation): number {
  switch (activation) {
    case 'linear':
      return value;
    case 'relu':
      return Math.max(value, 0);
    case 'relu6':
      return Math.min(Math.max(value, 0), 6);
    case 'elu':
      return value >= 0 ? value : Math.expm1(value);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-value));
    default:
      return value < 0 ? value * slopeOf[activation] : value;
  }
}

function layOut(extent: number, size: number, { stride, dilation, pad }: Case): { count: number; before: number } {
  const window = (size - 1) * dilation + 1;
  if (pad !== 'same') {
    const before = pad === 'valid' ? 0 : pad;
    return { count: Math.floor((extent + 2 * before - window) / stride) + 1, before };
  }
  const count = Math.ceil(extent / stride);
  return { count, before: Math.floor(Math.max(0, (count - 1) * stride + window - extent) / 2) };
}

const uniform = (name: string, count: number) => {
  const random = createRandom(name);
  return Float32Array.from({ length: count }, () => random.uniformBetween(-1, 1));
};

function createOperands({ isDepthwise, shape, filter, outputs }: Case) {
  const filterShape = [...filter, shape[3], isDepthwise ? 1 : outputs] as [number, number, number, number];
  const size = (extents: readonly number[]) => extents.reduce((a, b) => a * b, 1);
  return {
    filterShape,
    x: uniform('x', size(shape)),
    weights: uniform('filter', size(filterShape)),
    bias: uniform('bias', outputs),
  };
}

/** In float64, with the bound of each number's rounding errors: one for each product and sum, twice a unit. */
function computeExactly(given: Case): { value: number; bound: number }[] {
  const { isDepthwise, shape, filter, outputs, stride, dilation, activation } = given;
  const { x, weights, bias } = createOperands(given);
  const [batch, height, width, channels] = shape;
  const [rows, columns] = [layOut(height, filter[0], given), layOut(width, filter[1], given)];
  const results: { value: number; bound: number }[] = [];
  for (let at = 0; at < batch * rows.count * columns.count * outputs; at += 1) {
    const output = at % outputs;
    const column = Math.floor(at / outputs) % columns.count;
    const row = Math.floor(at / outputs / columns.count) % rows.count;
    const image = Math.floor(at / outputs / columns.count / rows.count);
    let [sum, magnitude] = [bias[output]!, Math.abs(bias[output]!)];
    for (let tap = 0; tap < filter[0] * filter[1]; tap += 1) {
      const y = row * stride - rows.before + Math.floor(tap / filter[1]) * dilation;
      const left = column * stride - columns.before + (tap % filter[1]) * dilation;
      if (y < 0 || left < 0 || y >= height || left >= width) continue;
      for (let channel = isDepthwise ? output : 0; channel < (isDepthwise ? output + 1 : channels); channel += 1) {
        const weight = isDepthwise
          ? weights[tap * channels + channel]!
          : weights[(tap * channels + channel) * outputs + output]!;
        const product = x[((image * height + y) * width + left) * channels + channel]! * weight;
        sum += product;
        magnitude += Math.abs(product);
      }
    }
    const terms = filter[0] * filter[1] * (isDepthwise ? 1 : channels);
    results.push({ value: activate(sum, activation), bound: (terms + 16) * 2 * unitRoundoff * Math.max(1, magnitude) });
  }
  return results;
}

async function compute(given: Case): Promise<Float32Array> {
  const { shape, filterShape, x, weights, bias } = { ...given, ...createOperands(given) };
  const operands: Record<string, Tensor> = {
    x: tensor(x, [...shape]),
    filter: tensor(weights, filterShape),
    bias: tensor(bias),
    preluActivationWeights: tensor(new Float32Array(given.outputs).fill(slopeOf.prelu), [1, 1, given.outputs]),
  };
  const { preluActivationWeights, ...others } = operands;
  const convolve = given.isDepthwise ? fused.depthwiseConv2d : fused.conv2d;
  const result = tidy(() =>
    (convolve as (call: object) => Tensor)({
      ...others,
      strides: given.stride,
      pad: given.pad,
      dilations: given.dilation,
      activation: given.activation,
      leakyreluAlpha: slopeOf.leakyrelu,
      ...(given.activation === 'prelu' ? { preluActivationWeights } : {}),
    }),
  );
  // Before it is read: the result outlives what it is made of.
  for (const operand of Object.values(operands)) operand.dispose();
  const values = (await readTensor(result)).slice() as Float32Array;
  result.dispose();
  return values;
}

const plain = { stride: 1, dilation: 1, pad: 'same', activation: 'linear' } as const;
const shapes = [
  { shape: [1, 1, 1, 1], filter: [1, 1], outputs: 1 },
  { shape: [2, 7, 5, 3], filter: [3, 3], outputs: 5 },
  { shape: [1, 9, 12, 16], filter: [1, 1], outputs: 24 },
  { shape: [3, 8, 6, 7], filter: [5, 5], outputs: 2 },
  { shape: [2, 6, 11, 10], filter: [2, 3], outputs: 9 },
  { shape: [1, 67, 81, 12], filter: [3, 3], outputs: 17 },
] as const;
const places: readonly Partial<Case>[] = [
  {},
  { stride: 2 },
  { pad: 'valid' },
  { pad: 2, stride: 2 },
  { pad: 1, stride: 3 },
  { dilation: 2 },
];
const cases: readonly Case[] = [true, false].flatMap((isDepthwise) => [
  ...shapes.flatMap((one) =>
    places
      .map(
        (place): Case => ({
          ...plain,
          ...one,
          ...place,
          isDepthwise,
          outputs: isDepthwise ? one.shape[3] : one.outputs,
        }),
      )
      .filter((given) => given.filter.every((size, i) => layOut(given.shape[i + 1]!, size, given).count > 0)),
  ),
  ...activations.map(
    (activation): Case => ({ ...plain, ...shapes[1], isDepthwise, outputs: isDepthwise ? 3 : 5, activation }),
  ),
]);

describe('convolutions', () => {
  test('are those of float64, leave nothing, and have the same bits on any number of threads', async () => {
    const results: Float32Array[][] = [];
    for (const threads of [1, 2, 3]) {
      const active = await useBackend(wasm({ threads }));
      const before = [countTensors(), memory().numDataBuffers, engine().backend.numDataIds()];
      const computed: Float32Array[] = [];
      for (const given of cases) computed.push(await compute(given));
      expect([countTensors(), memory().numDataBuffers, engine().backend.numDataIds()]).toEqual(before);
      results.push(computed);
      await active.dispose();
    }
    for (const [i, given] of cases.entries()) {
      const got = results[0]![i]!;
      const wrong = computeExactly(given).filter(({ value, bound }, at) => !(Math.abs(got[at]! - value) <= bound));
      expect({ ...given, wrong: wrong.length, of: got.length }).toEqual({
        ...given,
        wrong: 0,
        of: computeExactly(given).length,
      });
      for (const other of results.slice(1)) expect(other[i]).toEqual(got);
    }
  });
});

import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import { elementwise, type Plain } from '../plain/plain.js';
import { convolve, convolveDepthwise, type Window } from './stem.js';

const spread: Window = { size: 3, stride: 1, padding: 'same' };
const halving: Window = { size: 3, stride: 2, padding: 'same' };
const pointwise: Window = { size: 1, stride: 1, padding: 'valid' };

const add = elementwise((a = 0, b = 0) => a + b);
const mul = elementwise((a = 0, b = 0) => a * b);
const relu = elementwise((a = 0) => Math.max(a, 0));
const relu6 = elementwise((a = 0) => Math.min(Math.max(a, 0), 6));
const maximum = elementwise((a = 0, b = 0) => Math.max(a, b));
const minimum = elementwise((a = 0, b = 0) => Math.min(a, b));

const conv = (x: Tensor, filter: Tensor, { stride, padding }: Window): Tensor =>
  ops.conv2d(x as never, filter as never, stride, padding);
const depthwise = (x: Tensor, filter: Tensor, { stride, padding }: Window): Tensor =>
  ops.depthwiseConv2d(x as never, filter as never, stride, padding);

type Shape = readonly [batch: number, height: number, width: number, channels: number];

/** A block of a mobile network: depthwise, pointwise, the sum with the input, an activation. */
const residualBlock = (shape: Shape): Comparison => ({
  name: `stem: residual block of [${shape.join(', ')}]`,
  inputs: [{ shape }, { shape: [3, 3, shape[3], 1] }, { shape: [1, 1, shape[3], shape[3]] }, { shape: [shape[3]] }],
  onEngine: (x: Tensor, spatial: Tensor, mixing: Tensor, bias: Tensor) =>
    ops.relu(ops.add(x, ops.add(conv(depthwise(x, spatial, spread), mixing, pointwise), bias))),
  onPlain: (x: Plain, spatial: Plain, mixing: Plain, bias: Plain) =>
    relu(add(x, add(convolve(convolveDepthwise(x, spatial, spread), mixing, pointwise), bias))),
});

/** Scales, sums and limits between depthwise and pointwise, with one number, one a channel, and one for each number. */
const scaledBlock = (shape: Shape): Comparison => ({
  name: `stem: scaled block of [${shape.join(', ')}]`,
  inputs: [
    ...[{ shape }, { shape: [3, 3, shape[3], 1] }, { shape: [shape[3]] }, { shape: [1, 1, 1, shape[3]] }],
    ...[{ shape: [1, 1, shape[3], 5] }, { shape: [], values: [0.5] }, { shape: [], values: [-0.25] }],
  ],
  onEngine(...inputs: Tensor[]) {
    const [x, spatial, scale, shift, mixing, high, low] = inputs as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const before = ops.relu6(ops.add(ops.mul(depthwise(x, spatial, halving), scale), shift));
    return ops.maximum(low, ops.minimum(conv(before, mixing, pointwise), high));
  },
  onPlain(...inputs: Plain[]) {
    const [x, spatial, scale, shift, mixing, high, low] = inputs as [Plain, Plain, Plain, Plain, Plain, Plain, Plain];
    const before = relu6(add(mul(convolveDepthwise(x, spatial, halving), scale), shift));
    return maximum(low, minimum(convolve(before, mixing, pointwise), high));
  },
});

/** Every part of a chain is used twice: by what follows, and by the result. */
const sharedParts = (shape: Shape): Comparison => ({
  name: `stem: shared parts of [${shape.join(', ')}]`,
  inputs: [{ shape }, { shape: [3, 3, shape[3], 1] }, { shape: [1, 1, shape[3], shape[3]] }],
  onEngine(x: Tensor, spatial: Tensor, mixing: Tensor) {
    const first = depthwise(x, spatial, spread);
    const second = conv(first, mixing, pointwise);
    const third = ops.relu(second);
    const flat = ops.reshape(second, [-1, shape[3]]);
    return ops.add(ops.add(first, ops.mul(second, third)), ops.reshape(ops.minimum(flat, 0.1), [...shape]));
  },
  onPlain(x: Plain, spatial: Plain, mixing: Plain) {
    const first = convolveDepthwise(x, spatial, spread);
    const second = convolve(first, mixing, pointwise);
    const limit = { shape: [], data: Float64Array.of(Math.fround(0.1)) };
    return add(add(first, mul(second, relu(second))), minimum(second, limit));
  },
});

/** Convolutions with what usually follows them, which an engine may compute in one pass. */
export const convolutionChainCases: readonly Comparison[] = [
  ...[residualBlock, scaledBlock, sharedParts].flatMap((block) => [
    block([2, 5, 7, 3]),
    block([1, 9, 6, 8]),
    block([3, 40, 33, 12]),
  ]),
].map((comparison) => ({ ...comparison, terms: 9 * 12, scale: 16, differentiable: false }));

import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import { at, build, type Plain } from '../plain/plain.js';
import { maxOf, meanOf } from '../plain/reduce.js';

/** Where the windows of a convolution lie. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
}

/** The outputs along an axis, and the padding before it; `same` puts the odd pixel of padding last. */
function layOut(extent: number, { size, stride, padding }: Window): { count: number; before: number } {
  if (padding === 'valid') return { count: Math.floor((extent - size) / stride) + 1, before: 0 };
  const count = Math.ceil(extent / stride);
  return { count, before: Math.floor(Math.max(0, (count - 1) * stride + size - extent) / 2) };
}

/** The values under a window at an output position, with their place in it; padding is left out. */
function under(x: Plain, window: Window, [image = 0, row = 0, column = 0, channel = 0]: readonly number[]) {
  const found: { y: number; x: number; value: number }[] = [];
  for (let dy = 0; dy < window.size; dy += 1) {
    for (let dx = 0; dx < window.size; dx += 1) {
      const top = row * window.stride + dy - layOut(x.shape[1] ?? 0, window).before;
      const left = column * window.stride + dx - layOut(x.shape[2] ?? 0, window).before;
      const isInside = top >= 0 && left >= 0 && top < (x.shape[1] ?? 0) && left < (x.shape[2] ?? 0);
      if (isInside) found.push({ y: dy, x: dx, value: at(x, image, top, left, channel) });
    }
  }
  return found;
}

const outputShape = (x: Plain, window: Window, channels: number) => [
  x.shape[0] ?? 0,
  layOut(x.shape[1] ?? 0, window).count,
  layOut(x.shape[2] ?? 0, window).count,
  channels,
];

export const convolve = (x: Plain, filter: Plain, window: Window): Plain => {
  const channels = x.shape[3] ?? 0;
  return build(outputShape(x, window, filter.shape[3] ?? 0), (image = 0, row = 0, column = 0, output = 0) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      for (const { y, x: dx, value } of under(x, window, [image, row, column, channel])) {
        sum += value * at(filter, y, dx, channel, output);
      }
    }
    return sum;
  });
};

export const convolveDepthwise = (x: Plain, filter: Plain, window: Window): Plain =>
  build(outputShape(x, window, x.shape[3] ?? 0), (image = 0, row = 0, column = 0, channel = 0) =>
    under(x, window, [image, row, column, channel]).reduce(
      (sum, { y, x: dx, value }) => sum + value * at(filter, y, dx, channel, 0),
      0,
    ),
  );

const pool = (x: Plain, window: Window, fn: (values: readonly number[]) => number): Plain =>
  build(outputShape(x, window, x.shape[3] ?? 0), (...indices) =>
    fn(under(x, window, indices).map(({ value }) => value)),
  );

const windows: readonly Window[] = [
  { size: 3, stride: 1, padding: 'same' },
  { size: 3, stride: 2, padding: 'same' },
  { size: 2, stride: 2, padding: 'valid' },
  { size: 1, stride: 1, padding: 'valid' },
];

/** Terms of a convolution over the most channels. */
const longestWindow = 3 * 3 * 17;

const casesOf = (window: Window, shape: readonly [number, number, number, number]): Comparison[] => {
  const { size, stride, padding } = window;
  const place = `${size} by ${size}, stride ${stride}, ${padding}, of [${shape.join(', ')}]`;
  const input = { shape };
  const channels = shape[3];
  return [
    {
      name: `stem: conv2d ${place}`,
      inputs: [input, { shape: [size, size, channels, channels + 1] }],
      onEngine: (x: Tensor, filter: Tensor) => ops.conv2d(x as never, filter as never, stride, padding),
      onPlain: (x: Plain, filter: Plain) => convolve(x, filter, window),
    },
    {
      name: `stem: depthwiseConv2d ${place}`,
      inputs: [input, { shape: [size, size, channels, 1] }],
      onEngine: (x: Tensor, filter: Tensor) => ops.depthwiseConv2d(x as never, filter as never, stride, padding),
      onPlain: (x: Plain, filter: Plain) => convolveDepthwise(x, filter, window),
    },
    {
      name: `stem: maxPool ${place}`,
      inputs: [input],
      onEngine: (x: Tensor) => ops.maxPool(x as never, size, stride, padding),
      onPlain: (x: Plain) => pool(x, window, maxOf),
    },
    {
      name: `stem: avgPool ${place}`,
      inputs: [input],
      onEngine: (x: Tensor) => ops.avgPool(x as never, size, stride, padding),
      onPlain: (x: Plain) => pool(x, window, meanOf),
    },
  ];
};

/** What a frozen stem computes; none of it has gradients on every engine. */
export const stemCases: readonly Comparison[] = [
  ...windows.flatMap((window) => [...casesOf(window, [2, 6, 7, 3]), ...casesOf(window, [1, 15, 13, 17])]),
  {
    name: 'stem: gather',
    inputs: [{ shape: [5, 3] }],
    onEngine: (x: Tensor) => ops.gather(x, ops.tensor([4, 0, 0, 2], [4], 'int32')),
    onPlain: (x: Plain) => build([4, 3], (row = 0, column = 0) => at(x, [4, 0, 0, 2][row] ?? 0, column)),
  },
].map((comparison) => ({ ...comparison, terms: longestWindow, differentiable: false }));

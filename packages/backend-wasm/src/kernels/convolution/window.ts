import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { MapShape } from './map-work.js';

/** Which inputs an output of a convolution is made of. */
export interface Window {
  readonly input: MapShape;
  readonly output: MapShape;
  readonly filter: readonly [height: number, width: number];
  readonly stride: readonly [y: number, x: number];
  readonly dilation: readonly [y: number, x: number];
  /** Rows above and columns left of the image that the first window covers. */
  readonly padding: readonly [top: number, left: number];
}

type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];

/** The attributes of tfjs's convolutions that say where windows lie. */
export interface WindowAttributes {
  readonly strides: number | [number, number];
  readonly pad: Pad;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface Known {
  readonly shape: readonly number[];
  readonly filterShape: readonly number[];
  readonly attributes: WindowAttributes;
  readonly isDepthwise: boolean;
  readonly window: Window;
}

/** By filter: the windows of its last convolution, and what they were found for. A network asks for the same ones with each image. */
const known = new WeakMap<object, Known>();

/** As {@link computeWindow}, which takes as long as a small convolution does, when it is asked for something new. */
export function describeWindow(
  inputs: { readonly x: TensorInfo; readonly filter: TensorInfo },
  attributes: WindowAttributes,
  isDepthwise: boolean,
): Window | undefined {
  const { x, filter } = inputs;
  const last = known.get(filter.dataId);
  if (
    last?.isDepthwise === isDepthwise &&
    x.dtype === 'float32' &&
    isSame(last.shape, x.shape) &&
    isSame(last.filterShape, filter.shape) &&
    attributeNames.every((name) => isSame(last.attributes[name], attributes[name]))
  )
    return last.window;
  const window = computeWindow(inputs, attributes, isDepthwise);
  if (window) known.set(filter.dataId, { shape: x.shape, filterShape: filter.shape, attributes, isDepthwise, window });
  return window;
}

const attributeNames = ['strides', 'pad', 'dilations', 'dataFormat', 'dimRoundingMode'] as const;

/** Whether attributes are equal: numbers, texts, or lists of lists of them. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other ||
  (Array.isArray(one) &&
    Array.isArray(other) &&
    one.length === other.length &&
    one.every((value, i) => isSame(value, other[i])));

/**
 * The windows of a convolution.
 *
 * @returns undefined for what only the stock kernels handle: other types than float, channels first, nothing to compute, several
 *   outputs a channel, groups of channels.
 */
function computeWindow(
  { x, filter }: { readonly x: TensorInfo; readonly filter: TensorInfo },
  { strides, pad, dilations, dataFormat, dimRoundingMode }: WindowAttributes,
  isDepthwise: boolean,
): Window | undefined {
  if (x.dtype !== 'float32' || filter.dtype !== 'float32' || x.shape.length !== 4 || dataFormat === 'NCHW')
    return undefined;
  const [, , inputs, outputs] = filter.shape as [number, number, number, number];
  if (inputs !== x.shape[3] || (isDepthwise && outputs !== 1)) return undefined;
  const info = backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise,
  );
  if (util.sizeFromShape(info.outShape) === 0 || util.sizeFromShape(filter.shape) === 0) return undefined;
  return {
    input: x.shape as unknown as MapShape,
    output: info.outShape,
    filter: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    dilation: [info.dilationHeight, info.dilationWidth],
    padding: [info.padInfo.top, info.padInfo.left],
  };
}

/** Whether each output is made of the input in its place alone. */
export const isPointwise = ({ input, output, filter, stride }: Window): boolean =>
  [...filter, ...stride].every((extent) => extent === 1) && input[1] === output[1] && input[2] === output[2];

/** The arguments with which kernels are told of windows, after the range of rows and the first row. */
export const argumentsOf = ({ input, output, filter, stride, dilation, padding }: Window): readonly number[] => [
  ...[input[1], input[2], input[3], output[1], output[2]],
  ...[...filter, ...stride, ...dilation, ...padding],
];

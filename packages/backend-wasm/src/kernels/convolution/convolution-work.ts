import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floatBytes } from '../kernel-context.js';
import { perNumber, type Range } from '../split.js';
import type { MapContext } from './map-context.js';
import { completeWork, type MapWork } from './map-work.js';
import { argumentsOf, isPointwise, type Window } from './window.js';

/** A convolution: its operands, and where its windows lie. */
export interface ConvolutionCall {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly window: Window;
}

/** A convolution of each channel by itself. */
export function createDepthwiseWork({ x, filter, window }: ConvolutionCall, context: MapContext): MapWork {
  const [, , width, channels] = window.input;
  const perRow = window.output[2] * channels * window.filter[0] * window.filter[1];
  const places = argumentsOf(window);
  const writeRows = (rows: Range, to: number) => {
    const { addressOf } = context.kernels;
    const args = [...places, addressOf(x), addressOf(filter), context.zeros(width * channels), to];
    context.runOverRows('depthwise', rows, (rows[1] - rows[0]) * perRow, args);
  };
  const shape = window.output;
  return completeWork(
    { shape, reads: [x, filter], hasProduct: false, floatsPerPosition: channels, writeRows },
    context,
  );
}

/**
 * A convolution as a product of matrices.
 *
 * @param before - the work of `x`, which is then done strip by strip too; only of a pointwise convolution.
 */
export function createProductWork(
  { x, filter, window }: ConvolutionCall,
  context: MapContext,
  before?: MapWork,
): MapWork {
  const { gemm, left, kernels } = context;
  const [, , width, columns] = window.output;
  const inner = window.filter[0] * window.filter[1] * window.input[3];
  const rowFloats = width * inner;
  const isDirect = !before && isPointwise(window);
  /** The left matrix: what was before, the map itself, or its patches. */
  const layOut = (rows: Range): number => {
    if (isDirect) return kernels.addressOf(x) + rows[0] * rowFloats * floatBytes;
    const floats = (rows[1] - rows[0]) * rowFloats;
    const to = left.reserve(floats * floatBytes);
    if (before) before.writeRows(rows, to);
    else context.runOverRows('patches', rows, floats * perNumber, [...argumentsOf(window), kernels.addressOf(x), to]);
    return to;
  };
  const writeRows = (rows: Range, to: number) =>
    gemm.multiply({
      rows: (rows[1] - rows[0]) * width,
      inner,
      columns,
      a: layOut(rows),
      strideA: inner,
      transposeA: false,
      b: kernels.addressOf(filter),
      strideB: columns,
      transposeB: false,
      c: to,
      strideC: columns,
      // Nothing writes to a filter: what is trained gets new data.
      frozenB: filter.dataId,
    });
  const reads = [...(before ? before.reads : [x]), filter];
  const floatsPerPosition = inner + columns;
  return completeWork({ shape: window.output, reads, hasProduct: true, floatsPerPosition, writeRows }, context);
}

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-context.js';
import type { MapShape } from './map-work.js';

/** What is done with each number of a map; the kernel's codes. */
export const operations = { add: 0, multiply: 1, minimum: 2, maximum: 3, slope: 4 } as const;

/** How many numbers an operand has: one, one a channel, one for each number of the map; the kernel's codes. */
const extents = { single: 0, row: 1, whole: 2 } as const;

/** An operation with each number of a map. */
export interface Step {
  readonly operation: keyof typeof operations;
  readonly operand: number | TensorInfo;
  readonly extent: keyof typeof extents;
}

/** Bytes of a step in memory. */
export const stepBytes = 16;

/**
 * An operation with a map.
 *
 * @returns undefined where the result has another shape than the map, or the operand is broadcast in another way than along the channels.
 */
export function createStep(operation: Step['operation'], operand: TensorInfo, shape: MapShape): Step | undefined {
  if (operand.dtype !== 'float32' || operand.shape.length > shape.length) return undefined;
  const size = sizeOf(operand.shape);
  if (size === 1) return { operation, operand, extent: 'single' };
  if (operand.shape.length === shape.length && operand.shape.every((extent, i) => extent === shape[i]))
    return { operation, operand, extent: 'whole' };
  return size === shape[3] && operand.shape.at(-1) === size ? { operation, operand, extent: 'row' } : undefined;
}

/** An activation as tfjs's fused kernels are told of it. */
export interface Activation {
  readonly name: string | null | undefined;
  /** The slopes below zero of `prelu`. */
  readonly slopes?: TensorInfo | undefined;
  /** The slope below zero of `leakyrelu`. */
  readonly alpha?: number | undefined;
}

/** The steps of an activation; undefined for those that are none. */
export function createActivation(
  { name, slopes, alpha = 0.2 }: Activation,
  shape: MapShape,
): readonly Step[] | undefined {
  switch (name ?? 'linear') {
    case 'linear':
      return [];
    case 'relu':
      return [limit('maximum', 0)];
    case 'relu6':
      return [limit('maximum', 0), limit('minimum', 6)];
    case 'leakyrelu':
      return [limit('slope', alpha)];
    case 'prelu': {
      const step = slopes && createStep('slope', slopes, shape);
      return step && [step];
    }
    default:
      return undefined;
  }
}

const limit = (operation: Step['operation'], operand: number): Step => ({ operation, operand, extent: 'single' });

/** Writes steps at an address of the heap, as the kernel reads them. */
export function writeSteps(
  steps: readonly Step[],
  { view, address }: { readonly view: DataView; readonly address: number },
  operandOf: (x: TensorInfo, extent: Step['extent']) => number,
): void {
  let at = address;
  for (const { operation, operand, extent } of steps) {
    const isNumber = typeof operand === 'number';
    view.setInt32(at, operations[operation], true);
    view.setInt32(at + 4, extents[extent], true);
    view.setInt32(at + 8, isNumber ? at + 12 : operandOf(operand, extent), true);
    if (isNumber) view.setFloat32(at + 12, operand, true);
    at += stepBytes;
  }
}

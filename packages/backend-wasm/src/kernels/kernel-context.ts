import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from '../heap/wasm-heap.js';
import type { WorkerPool } from '../threads/worker-pool.js';
import type { KernelExports } from './kernel-module.js';
import { createScratch, type Scratch } from './scratch.js';
import { countShares, splitExtent } from './split.js';

/** A kernel's argument: a number, or a tensor for its address. */
export type Argument = number | TensorInfo;

/** What a kernel does over an extent. */
export interface RangeCall {
  readonly extent: number;
  /** In all, in the unit of {@link countShares}. */
  readonly operations: number;
  /** The arguments after the range. */
  readonly args: readonly Argument[];
}

/** What an engine's kernels work with. */
export interface KernelContext {
  readonly heap: WasmHeap;
  readonly exports: KernelExports;
  readonly pool: WorkerPool;
  readonly scratch: Scratch;
  addressOf(x: TensorInfo): number;
  /** Makes a tensor for a result. */
  make(shape: readonly number[]): TensorInfo;
  /** Makes several, or none where the memory does not suffice for all. */
  makeAll(shapes: readonly (readonly number[])[]): TensorInfo[];
  /** Runs a kernel whose first two arguments are a range, on as many threads as it is worth. */
  runOverRange(kernel: string, call: RangeCall): void;
}

export const floatBytes = Float32Array.BYTES_PER_ELEMENT;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** The extent of the last dimension, and the product of the others. */
export function rowsOf({ shape }: TensorInfo): { rows: number; width: number } {
  return { rows: sizeOf(shape.slice(0, -1)), width: shape.at(-1) ?? 1 };
}

export function createKernelContext({
  heap,
  exports,
  pool,
}: Pick<KernelContext, 'heap' | 'exports' | 'pool'>): KernelContext {
  const addressOf = (x: TensorInfo) => heap.dataIdMap.get(x.dataId).memoryOffset;
  const make = (shape: readonly number[]) => heap.makeOutput([...shape], 'float32');
  return {
    ...{ heap, exports, pool, addressOf, make },
    scratch: createScratch(heap),
    makeAll(shapes) {
      const made: TensorInfo[] = [];
      try {
        for (const shape of shapes) made.push(make(shape));
        return made;
      } catch (error) {
        for (const { dataId } of made) heap.disposeData(dataId);
        throw error;
      }
    },
    runOverRange(kernel, { extent, operations, args }) {
      const numbers = args.map((argument) => (typeof argument === 'number' ? argument : addressOf(argument)));
      const ranges = splitExtent(extent, countShares(operations, pool.size));
      pool.run(
        kernel,
        ranges.map(([start, end]) => [start, end, ...numbers]),
      );
    },
  };
}

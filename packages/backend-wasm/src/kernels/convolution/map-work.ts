import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { DeferredWork } from '../../heap/deferral.js';
import { floatBytes } from '../kernel-context.js';
import type { Range } from '../split.js';
import type { MapContext } from './map-context.js';

/** The extents of a map: `[batch, height, width, channels]`. */
export type MapShape = readonly [batch: number, height: number, width: number, channels: number];

/** The computation of a map, some of its rows at a time. */
export interface MapWork extends DeferredWork {
  readonly shape: MapShape;
  /** Whether a product of matrices is part of it; there is one at most. */
  readonly hasProduct: boolean;
  /** Numbers that are in use for a position while it is computed. */
  readonly floatsPerPosition: number;
  /** Computes some of the rows `[batch * height]`, and writes them from an address on. */
  writeRows(rows: Range, to: number): void;
}

/** What is in use at once: half of a second-level cache of 1 MB. With less, calls of kernels take more time than they save. */
const stripBytes = 512 * 1024;

/** Fewer positions make a matrix product slow, however large they are. */
const leastPositions = 128;

/** Adds how the whole map is written: a strip of rows at a time, which stays in a cache until all has been done with it. */
export function completeWork(rowsOnly: Omit<MapWork, 'write'>, { kernels }: MapContext): MapWork {
  const { shape, reads, hasProduct, floatsPerPosition, writeRows } = rowsOnly;
  const [batch, height, width, channels] = shape;
  const write = (output: TensorInfo) => {
    const rows = batch * height;
    const positions = Math.max(leastPositions, Math.floor(stripBytes / (floatBytes * floatsPerPosition)));
    const strips = Math.ceil(rows / Math.max(1, Math.floor(positions / width)));
    const step = Math.ceil(rows / strips);
    const start = kernels.addressOf(output);
    for (let row = 0; row < rows; row += step) {
      writeRows([row, Math.min(rows, row + step)], start + row * width * channels * floatBytes);
    }
  };
  return { shape, reads, hasProduct, floatsPerPosition, writeRows, write };
}

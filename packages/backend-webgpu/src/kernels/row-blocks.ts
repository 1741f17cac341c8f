import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { RunProgram } from '../run-program.js';
import { columnSums } from './column-sums.js';

/** Enough for every GPU to be busy, few enough for the sums of the blocks to be small. */
const maxBlocks = 512;

/** How rows are divided into blocks, each of which one workgroup sums up before the sums are added. */
export function divideRows(rows: number): { readonly blocks: number; readonly rowsPerBlock: number } {
  const rowsPerBlock = Math.max(8, Math.ceil(rows / maxBlocks));
  return { blocks: Math.ceil(rows / rowsPerBlock), rowsPerBlock };
}

/**
 * Adds the sums of blocks up, and frees them.
 *
 * @param arrays - [blocks, width] each
 * @returns [width] each
 */
export function addBlocks(
  { backend, run }: { readonly backend: KernelBackend; readonly run: RunProgram },
  arrays: readonly TensorInfo[],
): TensorInfo[] {
  const [blocks, width] = (arrays[0] as TensorInfo).shape as [number, number];
  // A single block's sum is the sum, of another shape.
  if (blocks === 1) return arrays.map((array) => ({ ...array, shape: [width] }));
  const sums = columnSums(run, arrays, [width]);
  for (const { dataId } of arrays) backend.disposeData(dataId);
  return sums;
}

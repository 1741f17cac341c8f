import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm-heap.js';
import { announceDisposal } from './watch-disposal.js';

/** Whether no other tensor shares the memory. */
export const isSole = (heap: WasmHeap, { dataId }: TensorInfo): boolean => heap.dataIdMap.get(dataId).refCount === 1;

/**
 * Gives a tensor's memory to a new one. The old tensor is dead; disposing of it does nothing more.
 *
 * The new one has an identity of its own, so that whatever was kept for the old data, such as reordered weights, is not taken for
 * what will be written.
 */
export function takeOver(heap: WasmHeap, { dataId, shape }: TensorInfo): TensorInfo {
  const { id, memoryOffset } = heap.dataIdMap.get(dataId);
  heap.wasm.tfjs.disposeData(id);
  heap.dataIdMap.delete(dataId);
  announceDisposal(heap, dataId);
  return heap.makeOutput([...shape], 'float32', memoryOffset);
}

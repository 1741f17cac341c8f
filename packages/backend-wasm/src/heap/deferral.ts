import { engine, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm-heap.js';

/** The computation of a tensor, to be done when the tensor is first read. */
export interface DeferredWork {
  /** The tensor's, when the work was put off. */
  readonly shape: readonly number[];
  /** The tensors that it reads. They stay until it is done, or not needed any more. */
  readonly reads: readonly TensorInfo[];
  /** Writes the tensor's numbers. */
  write(output: TensorInfo): void;
}

/**
 * Work that is put off until somebody reads its result, so that the kernel that reads it can do both at once.
 *
 * A kernel that finds the work of its input may build its own upon it; the input is then never computed, unless another one
 * reads it too. A tensor whose work is put off looks like any other: it has its memory, and whoever asks for its place on the heap has
 * it computed first.
 */
export interface Deferral<Work extends DeferredWork> {
  /** Puts off the work of a tensor. */
  defer(output: TensorInfo, work: Work): void;
  /** The work of a tensor that has not been computed. */
  find(x: TensorInfo): Work | undefined;
  /** Does all work. What fails is left, and fails again when it is read. */
  settle(): void;
}

interface Entry {
  readonly output: TensorInfo;
  readonly work: DeferredWork;
}

const tables = new WeakMap<WasmHeap, Map<object, Entry>>();

/** The deferral of a heap; engines that share it must put off work of one kind. */
export function createDeferral<Work extends DeferredWork>(heap: WasmHeap): Deferral<Work> {
  const table = tables.get(heap) ?? intercept(heap);
  return {
    defer(output, work) {
      for (const { dataId } of work.reads) heap.incRef(dataId);
      table.set(output.dataId, { output, work });
    },
    find({ dataId, shape }) {
      const work = table.get(dataId)?.work;
      // Reshaped tensors share their data.
      return work && isSameShape(work.shape, shape) ? (work as Work) : undefined;
    },
    settle() {
      for (const dataId of [...table.keys()]) {
        try {
          heap.dataIdMap.get(dataId);
        } catch {
          // Whoever reads it is told.
        }
      }
    },
  };
}

const isSameShape = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((extent, i) => extent === other[i]);

/** Has work done when its result is asked for, and dropped when that is disposed of. Once a heap, since several engines may share it. */
function intercept(heap: WasmHeap): Map<object, Entry> {
  const table = new Map<object, Entry>();
  tables.set(heap, table);
  const { dataIdMap } = heap;
  const look = dataIdMap.get.bind(dataIdMap);
  const [dispose, share] = [heap.disposeData, heap.incRef];

  const release = ({ work }: Entry) => {
    for (const { dataId } of work.reads) {
      // Where ours was the last use, tfjs has heard of none.
      if (heap.disposeData(dataId)) engine().removeDataId(dataId, heap as unknown as KernelBackend);
    }
  };
  dataIdMap.get = (dataId) => {
    const entry = table.size > 0 ? table.get(dataId) : undefined;
    if (entry) {
      // Before, since the work asks for the place too.
      table.delete(dataId);
      try {
        entry.work.write(entry.output);
      } catch (error) {
        // The next who asks is told as well.
        table.set(dataId, entry);
        throw error;
      }
      release(entry);
    }
    return look(dataId);
  };
  heap.incRef = function incRef(this: WasmHeap, dataId) {
    if (table.has(dataId)) look(dataId).refCount += 1;
    else share.call(this, dataId);
  };
  heap.disposeData = function disposeData(this: WasmHeap, ...args: [dataId: object]) {
    const entry = table.get(args[0]);
    if (entry && look(args[0]).refCount > 1) {
      look(args[0]).refCount -= 1;
      return false;
    }
    table.delete(args[0]);
    const isGone = dispose.apply(this, args);
    if (entry) release(entry);
    return isGone;
  };
  return table;
}

import type { WasmHeap } from './wasm-heap.js';

type Listener = (dataId: object) => void;

const listeners = new WeakMap<WasmHeap, Set<Listener>>();

/**
 * Calls a function whenever data on the heap is gone: for what is kept beside it.
 *
 * @returns ends that.
 */
export function watchDisposal(heap: WasmHeap, listener: Listener): () => void {
  const known = listeners.get(heap) ?? intercept(heap);
  known.add(listener);
  return () => void known.delete(listener);
}

/** Tells those who watch that data is gone. */
export function announceDisposal(heap: WasmHeap, dataId: object): void {
  for (const listener of listeners.get(heap) ?? []) listener(dataId);
}

/** Once a heap, since several engines may share it and end in any order. */
function intercept(heap: WasmHeap): Set<Listener> {
  const dispose = heap.disposeData;
  heap.disposeData = function disposeData(this: WasmHeap, ...args: [dataId: object]) {
    const isGone = dispose.apply(this, args);
    if (isGone) announceDisposal(heap, args[0]);
    return isGone;
  };
  const added = new Set<Listener>();
  listeners.set(heap, added);
  return added;
}

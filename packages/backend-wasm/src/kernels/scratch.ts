import { type AlignedMemory, allocateAligned } from '../heap/aligned-memory.js';
import type { WasmHeap } from '../heap/wasm-heap.js';

/** Memory for what lives during one kernel call only. */
export interface Scratch {
  /** Makes sure that there are so many bytes, and returns their address. What was there may be lost. */
  reserve(bytes: number): number;
  free(): void;
}

/** Scratch memory on the heap that grows to the largest request. */
export function createScratch(heap: WasmHeap): Scratch {
  let memory: AlignedMemory | undefined;
  let size = 0;
  const free = () => {
    memory?.free();
    memory = undefined;
    size = 0;
  };
  return {
    reserve(bytes) {
      if (!memory || bytes > size) {
        free();
        memory = allocateAligned(heap, bytes);
        size = bytes;
      }
      return memory.address;
    },
    free,
  };
}

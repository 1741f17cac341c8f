import type { WasmHeap } from './wasm-heap.js';

/** Memory on the heap that no tensor owns. */
export interface AlignedMemory {
  /** Where a cache line begins: vectors that lie across two are slower. */
  readonly address: number;
  free(): void;
}

const cacheLine = 64;

/**
 * Reserves memory.
 *
 * @throws OutOfMemoryError when there is none left.
 */
export function allocateAligned({ wasm }: WasmHeap, bytes: number): AlignedMemory {
  const start = wasm._malloc(bytes + cacheLine);
  // Above 2 GiB the address has a sign.
  return { address: Math.ceil((start >>> 0) / cacheLine) * cacheLine, free: () => wasm._free(start) };
}

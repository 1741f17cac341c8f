import { OutOfMemoryError } from '@sofd/core';

/** The allocator of a heap. */
interface Allocator {
  readonly HEAPU8: Uint8Array<ArrayBufferLike>;
  _malloc(bytes: number): number;
  _free(address: number): void;
}

const guarded = new WeakSet<Allocator>();

/**
 * Makes the heap throw when no memory is left. tfjs takes the address 0, which says so, for memory, and writes over what is
 * at the start of the heap.
 */
export function guardMemory(wasm: Allocator): void {
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  // The first call replaces the function by the compiled one, and would replace ours.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address !== 0) return address;
    const [wanted, whole] = [bytes, wasm.HEAPU8.length].map((size) => `${Math.ceil(size / 2 ** 20)} MiB`);
    throw new OutOfMemoryError(
      `wasm memory: expected room for ${wanted}, got none in a heap of ${whole} that may not grow beyond 4096 MiB; use smaller batches or dispose of tensors.`,
    );
  };
}

import { OutOfMemoryError } from '@sofd/core';

/** The allocator of a heap. */
interface Allocator {
  readonly HEAPU8: Uint8Array<ArrayBufferLike>;
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Addresses have 32 bits. */
const maximumBytes = 2 ** 32;

const guarded = new WeakSet<Allocator>();

/**
 * Makes the heap throw when no memory is left. tfjs takes the address 0, which says so, for memory, and writes over what is
 * at the start of the heap; and it takes a size above 4 GiB for what is left of it in 32 bits.
 */
export function guardMemory(wasm: Allocator): void {
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  // The first call replaces the function by the compiled one, and would replace ours.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = bytes < maximumBytes ? allocate(bytes) : 0;
    if (address !== 0) return address;
    const [wanted, whole, most] = [bytes, wasm.HEAPU8.length, maximumBytes].map((size) => Math.ceil(size / 2 ** 20));
    throw new OutOfMemoryError(
      `wasm memory: expected room for ${wanted} MiB, got none in a heap of ${whole} MiB that may grow to ${most} MiB; use smaller batches or dispose of tensors.`,
    );
  };
}

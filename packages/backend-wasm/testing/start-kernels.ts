import { type AlignedMemory, allocateAligned } from '../src/heap/aligned-memory.js';
import { releaseWasmHeap, startWasmHeap, type WasmHeap } from '../src/heap/wasm-heap.js';
import { createKernelContext, type KernelContext } from '../src/kernels/kernel-context.js';
import { loadKernels } from '../src/kernels/kernel-module.js';
import { createWorkerPool } from '../src/threads/worker-pool.js';

/** The kernels on pools of several sizes, all on one heap. */
export interface TestKernels {
  readonly heap: WasmHeap;
  /** By the number of threads, from 1. */
  readonly contexts: readonly KernelContext[];
  /** Puts numbers on the heap. */
  place(values: ArrayLike<number>): AlignedMemory;
  /** Reads numbers from the heap. */
  read(address: number, count: number): Float32Array;
  dispose(): void;
}

/** Starts the heap, and a pool of each size up to `maximumThreads`. */
export async function startKernels(maximumThreads = 1): Promise<TestKernels> {
  const { heap } = await startWasmHeap('test', { threads: maximumThreads });
  const { module, exports } = await loadKernels(heap);
  const { memory } = heap.wasm.asm;
  const sizes = Array.from({ length: maximumThreads }, (_, i) => i + 1);
  const pools = await Promise.all(sizes.map((threads) => createWorkerPool({ module, memory, exports, threads })));
  const contexts = pools.map((pool) => createKernelContext({ heap, exports, pool }));
  const view = (address: number, count: number) => new Float32Array(heap.wasm.HEAPU8.buffer, address, count);
  return {
    ...{ heap, contexts },
    place(values) {
      const memory = allocateAligned(heap, values.length * Float32Array.BYTES_PER_ELEMENT);
      view(memory.address, values.length).set(values);
      return memory;
    },
    read: (address, count) => Float32Array.from(view(address, count)),
    dispose() {
      for (const { scratch } of contexts) scratch.free();
      for (const pool of pools) pool.dispose();
      releaseWasmHeap('test');
    },
  };
}

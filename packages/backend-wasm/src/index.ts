export type { Gemm, GemmCall } from './gemm/gemm.js';
export { releaseWasmHeap, startWasmHeap, type WasmHeap, type WasmHeapOptions } from './heap/wasm-heap.js';
export { createEngineKernels, type EngineKernels, type EngineKernelsOptions } from './kernels/engine-kernels.js';
export { type KernelExports, type KernelModule, loadKernels } from './kernels/kernel-module.js';
export { defaultThreads } from './platform/default-threads.js';
export type { AddedKernels } from './threads/added-kernels.js';
export { createWorkerPool, type WorkerPool, type WorkerPoolOptions } from './threads/worker-pool.js';
export { type WasmOptions, wasm } from './wasm.js';

export { releaseWasmHeap, startWasmHeap, type WasmHeap, type WasmHeapOptions } from './heap/wasm-heap.js';
export { describeMatMul, type MatMulCall, type MatMulShape } from './mat-mul/mat-mul-shape.js';
export { type WasmOptions, wasm } from './wasm.js';

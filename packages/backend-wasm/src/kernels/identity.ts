import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from '../heap/wasm-heap.js';

/**
 * tfjs's clone, which shares the memory as on its other backends. The stock kernel of this one copies it, also for every
 * tensor that is saved for the way back.
 */
export const createIdentity =
  (heap: WasmHeap, stock: KernelFunc): KernelFunc =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    if (x.dtype === 'string') return stock(call);
    heap.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };

import { type KernelFunc, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmHeap } from '../heap/wasm-heap.js';

/** tfjs's slice, which copies only what is asked for. The stock kernel copies the whole tensor first. */
export const createSlice =
  (heap: WasmHeap, stock: KernelFunc): KernelFunc =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    if (x.dtype === 'string') return stock(call);
    const { begin, size } = call.attrs as unknown as { begin: number | number[]; size?: number | number[] };
    const [starts, extents] = slice_util.parseSliceParams(x as never, begin, size) as [number[], number[]];
    slice_util.assertParamsValid({ ...x, rank: x.shape.length } as never, starts, extents);
    const output = heap.makeOutput(extents, x.dtype as 'float32');
    if (!extents.includes(0)) copyPieces(heap, { x, starts, output });
    return output;
  };

/** Copies the longest pieces that lie in one place both before and after. */
function copyPieces(
  { wasm, dataIdMap }: WasmHeap,
  { x, starts, output }: { readonly x: TensorInfo; readonly starts: readonly number[]; readonly output: TensorInfo },
): void {
  const { shape: extents } = output;
  const itemBytes = util.bytesPerElement(x.dtype);
  const strides = [...util.computeStrides(x.shape), 1].map((stride) => stride * itemBytes);
  // Behind this dimension everything is taken.
  const cut = Math.max(
    0,
    extents.findLastIndex((extent, axis) => extent !== x.shape[axis]),
  );
  const pieceBytes = (extents[cut] as number) * (strides[cut] as number);
  const bytes = wasm.HEAPU8;
  let to = dataIdMap.get(output.dataId).memoryOffset;
  const visit = (axis: number, from: number): void => {
    const first = from + (starts[axis] as number) * (strides[axis] as number);
    if (axis === cut) {
      bytes.copyWithin(to, first, first + pieceBytes);
      to += pieceBytes;
      return;
    }
    for (let i = 0; i < (extents[axis] as number); i += 1) visit(axis + 1, first + i * (strides[axis] as number));
  };
  visit(0, dataIdMap.get(x.dataId).memoryOffset);
}

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from '../heap/wasm-heap.js';
import { describeMatMul, type MatMulCall, type MatMulShape } from './mat-mul-shape.js';

const floatBytes = Float32Array.BYTES_PER_ELEMENT;

/** Two operands as id, shape and rank, whether each is transposed, and the id of the result. */
const compiledArguments = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'];

/**
 * A product kernel that reaches the fast routine of tfjs's wasm backend for every product.
 *
 * The stock kernel takes it only for a single product of untransposed matrices, and a naive loop otherwise: 2.9 against
 * 40 GFLOP/s. Here operands are transposed first, as a whole, and then each product of a batch is a call on views of the
 * operands and of the result, so that nothing is copied.
 *
 * @param heap - the running backend.
 * @param stock - looks up stock kernels.
 * @returns the kernel for `BatchMatMul`.
 */
export function createRepairedMatMul(heap: WasmHeap, stock: (name: string) => KernelFunc): KernelFunc {
  const stockMatMul = stock('BatchMatMul');
  const stockTranspose = stock('Transpose');
  const multiply = createProductOnViews(heap);

  const transposed = (x: TensorInfo): TensorInfo => {
    const last = x.shape.length - 1;
    const perm = x.shape.map((_, axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis));
    return stockTranspose({ inputs: { x }, attrs: { perm }, backend: heap }) as TensorInfo;
  };

  return (call) => {
    const operands = callOf(call);
    const shape = describeMatMul(operands);
    const { transposeA, transposeB } = operands;
    const isFastAsItIs = shape?.batch === 1 && !transposeA && !transposeB;
    if (!shape || isFastAsItIs || isTiny(shape)) return stockMatMul(call);
    const a = transposeA ? transposed(operands.a) : operands.a;
    const b = transposeB ? transposed(operands.b) : operands.b;
    const output = heap.makeOutput([...shape.output], 'float32');
    multiply({ a, b, output, shape });
    if (transposeA) heap.disposeData(a.dataId);
    if (transposeB) heap.disposeData(b.dataId);
    return output;
  };
}

/** A call on views costs about 3 us, in which the naive loop does as many multiplications as this. */
const tinyProduct = 2048;

const isTiny = ({ rows, inner, columns }: MatMulShape) => rows * inner * columns < tinyProduct;

/** The operands of a kernel call. */
function callOf({ inputs, attrs }: Parameters<KernelFunc>[0]): MatMulCall {
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
  return { a, b, transposeA: attrs?.transposeA === true, transposeB: attrs?.transposeB === true };
}

interface Product {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly output: TensorInfo;
  readonly shape: MatMulShape;
}

/** Multiplies untransposed stacks entry by entry, each entry being a tensor that borrows a part of the stack's memory. */
function createProductOnViews(heap: WasmHeap): (product: Product) => void {
  // The compiled kernel itself: the stock JavaScript around it always makes a new result.
  const compiled = heap.wasm.cwrap('BatchMatMul', null, compiledArguments);
  const offsetOf = (x: TensorInfo) => heap.dataIdMap.get(x.dataId).memoryOffset;

  return ({ a, b, output, shape: { rows, inner, columns, batch, batchA, batchB } }) => {
    const [shapeA, shapeB] = [bytesOf([1, rows, inner]), bytesOf([1, inner, columns])];
    const [startA, startB, startOutput] = [offsetOf(a), offsetOf(b), offsetOf(output)];
    const left = batchA === 1 ? 0 : rows * inner * floatBytes;
    const right = batchB === 1 ? 0 : inner * columns * floatBytes;
    for (let i = 0; i < batch; i += 1) {
      const views = [
        heap.makeOutput([1, rows, inner], 'float32', startA + i * left),
        heap.makeOutput([1, inner, columns], 'float32', startB + i * right),
        heap.makeOutput([1, rows, columns], 'float32', startOutput + i * rows * columns * floatBytes),
      ] as const;
      const [idA, idB, idOutput] = views.map((view) => heap.dataIdMap.get(view.dataId).id) as [number, number, number];
      compiled(idA, shapeA, 3, idB, shapeB, 3, 0, 0, idOutput);
      for (const view of views) forget(heap, view);
    }
  };
}

/** Unregisters a view without freeing the memory that it borrows. */
function forget(heap: WasmHeap, view: TensorInfo): void {
  const { id } = heap.dataIdMap.get(view.dataId);
  heap.wasm.tfjs.disposeData(id);
  heap.dataIdMap.delete(view.dataId);
}

const bytesOf = (shape: readonly number[]) => new Uint8Array(Int32Array.from(shape).buffer);

import { describeMatMul, type MatMulShape, type WasmHeap } from '@sofd/backend-wasm';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Blas } from './blas.js';

type KernelCall = Parameters<KernelFunc>[0];

/** Where a stock kernel is looked up. */
type Stock = (name: string) => KernelFunc;

interface Product {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly bias?: TensorInfo | undefined;
  readonly shape: MatMulShape;
}

/**
 * The product kernels of tfjs's wasm backend on a native library, in place on the wasm heap.
 *
 * @returns kernels for `BatchMatMul` and `_FusedMatMul`. What the library cannot do goes to the stock kernels: other
 *   types than float, fused activations, partly broadcast batches.
 */
export function createNativeMatMul(
  heap: WasmHeap,
  blas: Blas,
  stock: Stock,
): Record<'BatchMatMul' | '_FusedMatMul', KernelFunc> {
  const stockMatMul = stock('BatchMatMul');
  const stockFused = stock('_FusedMatMul');
  const multiply = createMultiply(heap, blas);
  return {
    BatchMatMul(call) {
      const operands = operandsOf(call);
      const shape = describeMatMul(operands);
      return shape ? multiply({ ...operands, shape }) : stockMatMul(call);
    },
    _FusedMatMul(call) {
      const operands = operandsOf(call);
      const activation = call.attrs?.activation;
      const shape = describeMatMul(operands);
      const { bias } = operands;
      const isPlain = activation === undefined || activation === null || activation === 'linear';
      const hasRowBias = !bias || (bias.shape.length === 1 && bias.shape[0] === shape?.columns);
      return shape && isPlain && hasRowBias ? multiply({ ...operands, shape }) : stockFused(call);
    },
  };
}

function operandsOf({ inputs, attrs }: KernelCall) {
  const { a, b, bias } = inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo };
  return { a, b, bias, transposeA: attrs?.transposeA === true, transposeB: attrs?.transposeB === true };
}

function createMultiply(heap: WasmHeap, { sgemm }: Blas): (product: Product) => TensorInfo {
  const startOf = (x: TensorInfo) => heap.dataIdMap.get(x.dataId).memoryOffset;
  return ({ a, b, bias, transposeA, transposeB, shape }) => {
    const { rows, inner, columns, batch, batchA, batchB } = shape;
    const output = heap.makeOutput([...shape.output], 'float32');
    // After the allocation: growth of the heap detaches its buffer.
    const { buffer } = heap.wasm.HEAPU8;
    const view = (start: number, length: number) => new Float32Array(buffer, start, length);
    const [startA, startB, startC] = [startOf(a), startOf(b), startOf(output)];
    if (bias) fillRows(view(startC, batch * rows * columns), view(startOf(bias), columns));
    for (let i = 0; i < batch; i += 1) {
      sgemm({
        a: view(startA + (batchA === 1 ? 0 : i * rows * inner * 4), rows * inner),
        b: view(startB + (batchB === 1 ? 0 : i * inner * columns * 4), inner * columns),
        c: view(startC + i * rows * columns * 4, rows * columns),
        ...{ rows, inner, columns, transposeA, transposeB },
        beta: bias ? 1 : 0,
      });
    }
    return output;
  };
}

/** Doubles what is filled with every copy. */
function fillRows(matrix: Float32Array, row: Float32Array): void {
  matrix.set(row);
  for (let filled = row.length; filled < matrix.length; filled *= 2) {
    matrix.copyWithin(filled, 0, Math.min(filled, matrix.length - filled));
  }
}

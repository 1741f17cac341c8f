import { broadcast_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
import type { HalfWeights } from './half-weights.js';
import { dividesTerms, type MatMulShape, tiledMatMul } from './tiled-mat-mul.js';

/** The inputs and attributes of tfjs's two kernels for products. */
interface MatMulInputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation?: string;
}

/** What {@link createMatMul} works with. */
export interface MatMulParts {
  readonly backend: WebgpuBackend;
  readonly run: RunProgram;
  /** Where frozen weights are kept as halves. */
  readonly halfWeights: HalfWeights | undefined;
}

/**
 * Wraps a stock kernel for products.
 *
 * Ours takes over where the right operand is kept as halves, where the stock kernel would add with atomics in a changing order, and
 * where there is nothing to multiply.
 */
export function createMatMul({ backend, run, halfWeights }: MatMulParts, stock: KernelFunc): KernelFunc {
  return (call) => {
    const { a, b, bias, preluActivationWeights } = call.inputs as unknown as MatMulInputs;
    const attributes = call.attrs as unknown as MatMulAttributes;
    const { activation = 'linear' } = attributes;
    const shape = describeMatMul(a, b, attributes);
    const isPlain = activation === 'linear' && !preluActivationWeights;
    if (!isPlain || (bias && util.sizeFromShape(bias.shape) !== shape.columns)) return stock(call);
    const words = halfWeights?.find(b);
    const isEmpty = shape.batch * shape.rows * shape.inner * shape.columns === 0;
    if (!words && !isEmpty && !dividesTerms(backend, shape)) return stock(call);
    const operands = { a, b: words ?? b, bias, halves: words !== undefined };
    const { dataId, dtype } = tiledMatMul({ backend, run }, operands, shape);
    const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const { transposeA, transposeB } = attributes;
    return { dataId, dtype, shape: [...outer, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!] };
  };
}

function describeMatMul(a: TensorInfo, b: TensorInfo, { transposeA, transposeB }: MatMulAttributes): MatMulShape {
  const [batchA, batchB] = [util.sizeFromShape(a.shape.slice(0, -2)), util.sizeFromShape(b.shape.slice(0, -2))];
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  // A stack with one right operand is one tall matrix.
  const isTall = batchB === 1 && !transposeA;
  return {
    batch: isTall ? 1 : batchA * batchB === 0 ? 0 : Math.max(batchA, batchB),
    rows: isTall ? batchA * rows : rows,
    inner,
    columns,
    transposeA,
    transposeB,
    sharedA: batchA === 1,
    sharedB: batchB === 1,
  };
}

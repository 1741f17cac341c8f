import { broadcast_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from './kernel-context.js';

/** The operands and attributes of tfjs's product kernels. */
export interface MatMulCall {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The extents of a product of stacks of matrices, `[batch, rows, inner]` times `[batch, inner, columns]`. */
export interface MatMulShape {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Matrices on the left; 1 when it is shared by all on the right. */
  readonly batchA: number;
  readonly batchB: number;
  readonly batch: number;
  /** `[...batch, rows, columns]` */
  readonly output: readonly number[];
}

/**
 * The extents of a product.
 *
 * @returns undefined for what only the stock kernels handle: other types than float, disagreeing inner extents (they have the
 *   error message), stacks that match in only some of their extents.
 */
export function describeMatMul({ a, b, transposeA, transposeB }: MatMulCall): MatMulShape | undefined {
  const [heightA = 0, widthA = 0] = a.shape.slice(-2);
  const [heightB = 0, widthB = 0] = b.shape.slice(-2);
  const [rows, inner] = transposeA ? [widthA, heightA] : [heightA, widthA];
  const [innerB, columns] = transposeB ? [widthB, heightB] : [heightB, widthB];
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || inner !== innerB) return undefined;
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [batchA, batchB] = [sizeOf(outerA), sizeOf(outerB)];
  if (batchA !== 1 && batchB !== 1 && outerA.join() !== outerB.join()) return undefined;
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  return { rows, inner, columns, batchA, batchB, batch: sizeOf(outer), output: [...outer, rows, columns] };
}

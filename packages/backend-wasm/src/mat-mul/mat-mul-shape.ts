import type { TensorInfo } from '@tensorflow/tfjs-core';

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

const sizeOf = (shape: readonly number[]) => shape.reduce((product, dimension) => product * dimension, 1);

/**
 * The extents of a product.
 *
 * @returns undefined for what only the stock kernels handle: other types than float, empty operands, disagreeing inner
 *   extents (they have the error message), batches that broadcast in only some dimensions.
 */
export function describeMatMul({ a, b, transposeA, transposeB }: MatMulCall): MatMulShape | undefined {
  const [heightA = 0, widthA = 0] = a.shape.slice(-2);
  const [heightB = 0, widthB = 0] = b.shape.slice(-2);
  const [rows, inner] = transposeA ? [widthA, heightA] : [heightA, widthA];
  const [innerB, columns] = transposeB ? [widthB, heightB] : [heightB, widthB];
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [batchA, batchB] = [sizeOf(outerA), sizeOf(outerB)];
  const alike = batchA === batchB && outerA.length === outerB.length && outerA.every((size, i) => size === outerB[i]);
  const oneShared = batchA !== batchB && (batchA === 1 || batchB === 1);
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || inner !== innerB || !(alike || oneShared)) return undefined;
  if (rows * inner * columns * batchA * batchB === 0) return undefined;
  const outer = batchA >= batchB && outerA.length >= outerB.length ? outerA : outerB;
  if (sizeOf(outer) !== Math.max(batchA, batchB)) return undefined;
  return { rows, inner, columns, batchA, batchB, batch: Math.max(batchA, batchB), output: [...outer, rows, columns] };
}

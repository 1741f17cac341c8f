import { UnsupportedOpError } from '@sofd/core';
import { type Tensor, matMul as tfjsMatMul } from '@tensorflow/tfjs-core';

/**
 * The product of two matrices, or of two stacks of matrices.
 *
 * @param a - `[..., rows, inner]`, or `[..., inner, rows]` when transposed.
 * @param b - `[..., inner, columns]`, or `[..., columns, inner]` when transposed. The leading extents are those of `a`, or
 *   one of the two is a single matrix.
 * @param transposeA - whether to transpose each matrix of `a`.
 * @param transposeB - whether to transpose each matrix of `b`.
 * @returns `[..., rows, columns]`
 * @throws UnsupportedOpError when the stacks match in some leading extents only: engines compute something else there.
 */
export function matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const isSingle = (outer: readonly number[]) => outer.every((extent) => extent === 1);
  if (outerA.join() !== outerB.join() && !isSingle(outerA) && !isSingle(outerB)) {
    throw new UnsupportedOpError(
      `matMul: expected stacks of equal extents or a single matrix, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; tile one of them.`,
    );
  }
  return tfjsMatMul(a, b, transposeA, transposeB);
}

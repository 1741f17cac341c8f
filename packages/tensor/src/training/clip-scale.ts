import { add, div, minimum, mul, scalar, sqrt, square, stack, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { flattenTree, type ParameterTree } from '../parameter-tree.js';

/** Keeps the quotient finite where all gradients are zero; as in PyTorch. */
const epsilon = 1e-6;

/**
 * The factor that brings the gradients' norm, as one vector, down to a limit: $\min(1, c / (\lVert g \rVert + 10^{-6}))$.
 *
 * It stays on the device; pass it to an update as `gradientScale`.
 *
 * @param gradients - any structure.
 * @param maxNorm - c, above 0.
 * @returns a scalar from 0 to 1
 * @example
 * ```ts
 * import { readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 * import { computeClipScale } from '@sofd/tensor/training';
 *
 * await useBackend(reference());
 * const scale = computeClipScale({ a: tensor([3]), b: tensor([4]) }, 2.5); // of norm 5
 * await readTensor(scale); // Float32Array [0.5]
 * ```
 */
export function computeClipScale(gradients: ParameterTree, maxNorm: number): Tensor {
  return tidy(() => {
    const squares = [...flattenTree(gradients).values()].map((leaf) => sum(square(leaf)));
    const norm = sqrt(sum(stack(squares)));
    return minimum(scalar(1), mul(div(1, add(norm, epsilon)), maxNorm));
  });
}

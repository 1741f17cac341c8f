import { add, div, minimum, mul, scalar, sqrt, square, stack, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { flattenTree, type ParameterTree } from '../parameter-tree.js';

/** Keeps the quotient finite where all gradients are zero; as in PyTorch. */
const epsilon = 1e-6;

/**
 * The Euclidean norm of all leaves as one vector.
 *
 * @param tree - any structure, not empty.
 * @returns a scalar on the device
 */
export function computeGlobalNorm(tree: ParameterTree): Tensor {
  // Stacked, not added up at once: a GPU binds no more than some eight buffers to a kernel, and AddN takes all at once.
  return tidy(() => sqrt(sum(stack([...flattenTree(tree).values()].map((leaf) => sum(square(leaf)))))));
}

/**
 * The factor that brings gradients of a norm down to a limit: $\min(1, c / (\lVert g \rVert + 10^{-6}))$.
 *
 * It stays on the device; pass it to an update as `gradientScale`.
 *
 * @param norm - of the gradients, from {@link computeGlobalNorm}.
 * @param maxNorm - c, above 0.
 * @returns a scalar from 0 to 1
 * @example
 * ```ts
 * import { readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 * import { computeClipScale, computeGlobalNorm } from '@sofd/tensor/training';
 *
 * await useBackend(reference());
 * const norm = computeGlobalNorm({ a: tensor([3]), b: tensor([4]) });
 * const scale = computeClipScale(norm, 2.5);
 * await readTensor(scale); // Float32Array [0.5]
 * ```
 */
export function computeClipScale(norm: Tensor, maxNorm: number): Tensor {
  return tidy(() => minimum(scalar(1), mul(div(1, add(norm, epsilon)), maxNorm)));
}

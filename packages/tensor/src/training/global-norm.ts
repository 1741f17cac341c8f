import { add, div, minimum, mul, scalar, sqrt, stack, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { flattenTree, type ParameterTree } from '../parameter-tree.js';

/** Keeps the quotient finite where all gradients are zero; as in PyTorch. */
const epsilon = 1e-6;

/** Sums rows first: one float32 for tens of millions of numbers would lose the last of them. */
const sumAll = (x: Tensor): Tensor => (x.rank > 1 ? sum(sum(x, -1)) : sum(x));

/**
 * The inner product of two trees, each as one vector.
 *
 * @param a - any structure, not empty.
 * @param b - of the same structure and shapes.
 * @returns a scalar on the device
 */
export function computeInnerProduct<T extends ParameterTree>(a: T, b: T): Tensor {
  const others = flattenTree(b);
  // Stacked, not added up at once: a GPU binds no more than some eight buffers to a kernel, and AddN takes all at once.
  return tidy(() =>
    sum(stack([...flattenTree(a)].map(([name, leaf]) => tidy(() => sumAll(mul(leaf, others.get(name) as Tensor)))))),
  );
}

/**
 * The Euclidean norm of all leaves as one vector.
 *
 * @param tree - any structure, not empty.
 * @returns a scalar on the device
 */
export const computeGlobalNorm = (tree: ParameterTree): Tensor => tidy(() => sqrt(computeInnerProduct(tree, tree)));

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

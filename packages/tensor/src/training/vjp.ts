import { ShapeMismatchError } from '@sofd/core';
import { engine, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { flattenTree, mapTree, type ParameterTree } from '../parameter-tree.js';
import { registerGradients } from './gradients.js';
import { backpropagate, discardTape, recordTape } from './tape.js';

/** A function evaluated once, whose derivative can be asked for as often as needed. */
export interface Vjp<T extends ParameterTree> {
  /** f(x); {@link Vjp.dispose} frees it. */
  readonly value: Tensor;
  /**
   * $v^\top \partial f / \partial x$, the gradient of $\sum_i v_i f_i$, from what the pass forward left.
   *
   * @param cotangent - v, of the shape of `value`; stays the caller's
   * @returns a tree of the structure and shapes of x, which the caller disposes of; zero where f does not depend on x
   */
  pullback(cotangent: Tensor): T;
  /** Frees the value and all that was kept of the pass forward. */
  dispose(): void;
}

/**
 * Evaluates a function and keeps what its derivative needs: the vector-Jacobian product of reverse-mode differentiation.
 *
 * One pass forward serves any number of passes back. What it keeps lies on the device until `dispose`, in and outside of
 * a tidy. Registers the gradients with tfjs on first use.
 *
 * @param f - returns a float tensor of any shape.
 * @param params - x, the tree that f is given.
 * @throws ShapeMismatchError when f does not return a float tensor.
 * @throws UnsupportedOpError from `pullback`, when f uses an operation without a gradient.
 * @example
 * ```ts
 * import { readTensor, square, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 * import { vjp } from '@sofd/tensor/training';
 *
 * await useBackend(reference());
 * const squares = vjp(({ x }) => square(x), { x: tensor([2, 3]) });
 * await readTensor(squares.pullback(tensor([1, 0])).x); // Float32Array [4, 0]
 * await readTensor(squares.pullback(tensor([0, 1])).x); // Float32Array [0, 6]
 * squares.dispose();
 * ```
 */
export function vjp<T extends ParameterTree>(f: (params: T) => Tensor, params: T): Vjp<T> {
  registerGradients();
  const leaves = flattenTree(params);
  const { value, tape } = recordTape(() => assertFloat(f(params)));
  return {
    value,
    pullback(cotangent) {
      const gradients = new Map<string, Tensor>();
      engine().tidy('backward', () => {
        const found = backpropagate(tape, [...leaves.values()], { value, cotangent });
        for (const [name, leaf] of leaves) gradients.set(name, found.get(leaf.id) ?? zerosLike(leaf));
        return [...gradients.values()];
      });
      return mapTree(params, (_, name) => gradients.get(name) as Tensor);
    },
    dispose() {
      value.dispose();
      discardTape(tape);
    },
  };
}

function assertFloat(value: Tensor | undefined): Tensor {
  if (value?.dtype === 'float32') return value;
  const got = value?.dtype ? `${value.dtype} [${value.shape.join(', ')}]` : 'nothing';
  throw new ShapeMismatchError(
    `vjp: expected a float tensor from the function, got ${got}; cast it, or reduce with mean or sum.`,
  );
}

import { ShapeMismatchError } from '@sofd/core';
import { clone, ones, type Tensor } from '@tensorflow/tfjs-core';
import type { ParameterTree } from '../parameter-tree.js';
import { vjp } from './vjp.js';

/** What {@link valueAndGradients} computed. The caller disposes of all of it. */
export interface ValueAndGradients<T extends ParameterTree> {
  /** The scalar that was differentiated. */
  readonly value: Tensor;
  /** Its gradient, of the structure and shapes of the parameters. Zero for a parameter it does not depend on. */
  readonly gradients: T;
}

/**
 * Evaluates a loss and its gradient with respect to every parameter, by reverse-mode differentiation.
 *
 * Intermediate tensors are disposed of. Registers the gradients with tfjs on first use.
 *
 * @param loss - returns a scalar.
 * @param params - the tree that the loss is given.
 * @throws ShapeMismatchError when the loss does not return a scalar.
 * @throws UnsupportedOpError when the loss uses an operation without a gradient.
 * @see {@link vjp} for a function of several values
 * @example
 * ```ts
 * import { mul, readTensor, scalar, square, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 * import { valueAndGradients } from '@sofd/tensor/training';
 *
 * await useBackend(reference());
 * const { gradients } = valueAndGradients(({ x }) => mul(square(x), 3), { x: scalar(2) });
 * await readTensor(gradients.x); // Float32Array [12]
 * ```
 */
export function valueAndGradients<T extends ParameterTree>(
  loss: (params: T) => Tensor,
  params: T,
): ValueAndGradients<T> {
  const pass = vjp((given: T) => assertScalar(loss(given)), params);
  const one = ones(pass.value.shape);
  try {
    const gradients = pass.pullback(one);
    return { value: clone(pass.value), gradients };
  } finally {
    one.dispose();
    pass.dispose();
  }
}

function assertScalar(output: Tensor | undefined): Tensor {
  if (output?.size === 1) return output;
  const got = output ? `${output.dtype} [${output.shape.join(', ')}]` : 'nothing';
  throw new ShapeMismatchError(
    `valueAndGradients: expected a float scalar from the loss, got ${got}; reduce with mean or sum.`,
  );
}

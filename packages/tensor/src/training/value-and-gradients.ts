import { ShapeMismatchError, UnsupportedOpError } from '@sofd/core';
import { clone, engine, keep, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { flattenTree, mapTree, type ParameterTree } from '../parameter-tree.js';
import { registerGradients } from './gradients.js';

/** What {@link valueAndGradients} computed. The caller disposes of all of it. */
export interface ValueAndGradients<T extends ParameterTree> {
  /** The scalar that was differentiated. */
  readonly value: Tensor;
  /** All scalars that the loss returned, `value` first. */
  readonly values: readonly Tensor[];
  /** The gradient of `value`, of the structure and shapes of the parameters. Zero for a parameter it does not depend on. */
  readonly gradients: T;
}

/**
 * Evaluates a loss and its gradient with respect to every parameter, by reverse-mode differentiation.
 *
 * Intermediate tensors are disposed of. Registers the gradients with tfjs on first use.
 *
 * @param loss - returns a scalar, or several of which the first is differentiated; the others come back as values.
 * @param params - the tree that the loss is given.
 * @throws ShapeMismatchError when the loss does not return scalars.
 * @throws UnsupportedOpError when the loss uses an operation without a gradient.
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
  loss: (params: T) => Tensor | readonly Tensor[],
  params: T,
): ValueAndGradients<T> {
  registerGradients();
  const leaves = flattenTree(params);
  const outputs: Tensor[] = [];
  const others: Tensor[] = [];
  const forward = () => {
    const result = loss(params);
    const [first, ...rest] = asList(result);
    for (const output of [first, ...rest]) assertScalar(output);
    others.push(...rest.map((output) => keep(clone(output))));
    outputs.push(first as Tensor);
    return first as Tensor;
  };
  try {
    const { value, grads } = engine().gradients(forward, [...leaves.values()], undefined, true);
    const byName = new Map([...leaves.keys()].map((name, i) => [name, grads[i] as Tensor | undefined]));
    const gradients = mapTree(params, (leaf, name) => byName.get(name) ?? zerosLike(leaf));
    return { value, values: [value, ...release(others)], gradients };
  } catch (cause) {
    for (const output of [...outputs, ...others]) output.dispose();
    discardTape();
    throw explain(cause);
  }
}

/** After a failure tfjs keeps what it saved for the way back. */
function discardTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) for (const kept of saved ?? []) kept.dispose();
  state.activeTape = [];
}

const asList = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  Array.isArray(result) ? result : [result as Tensor];

/** Kept tensors survive every tidy; copies of them belong to the caller's, as all other results do. */
function release(kept: readonly Tensor[]): Tensor[] {
  return kept.map((output) => {
    const copy = clone(output);
    output.dispose();
    return copy;
  });
}

function assertScalar(output: Tensor | undefined): void {
  if (output && output.size === 1 && output.dtype === 'float32') return;
  const got = output ? `${output.dtype} [${output.shape.join(', ')}]` : 'nothing';
  throw new ShapeMismatchError(
    `valueAndGradients: expected float scalars from the loss, got ${got}; reduce with mean or sum.`,
  );
}

function explain(cause: unknown): unknown {
  const message = cause instanceof Error ? cause.message : '';
  const op = /gradient function not found for (\w+)/.exec(message)?.[1];
  if (!op) return cause;
  return new UnsupportedOpError(
    `valueAndGradients: expected operations with a gradient, got ${op}; write the loss without it, or use it outside of the loss.`,
    { cause },
  );
}

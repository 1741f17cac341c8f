import { ShapeMismatchError, SofdError } from '@sofd/core';
import { engine, type Tensor, tensor } from '@tensorflow/tfjs-core';

/**
 * Reads a tensor's values from the device.
 *
 * @param source - any shape; integers and booleans are converted.
 * @returns the values, row-major. The tensor stays alive.
 */
export async function readTensor(source: Tensor): Promise<Float32Array> {
  const values = await source.data();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/**
 * Puts values on the device as a float tensor.
 *
 * @param data - the values, row-major.
 * @param shape - its product is the number of values.
 * @throws ShapeMismatchError when it is not.
 */
export function tensorFrom(data: Float32Array, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size !== data.length) {
    throw new ShapeMismatchError(
      `tensorFrom: expected ${size} values for the shape [${shape.join(', ')}], got ${data.length}; check the layout of the data.`,
    );
  }
  return tensor(data, [...shape], 'float32');
}

/** The number of tensors that are alive on all engines. */
export function countTensors(): number {
  // Not `memory()`, which starts an engine when none is active.
  // Before the first engine is registered, the state does not exist.
  const state: { readonly numTensors: number } | undefined = engine().state;
  return state?.numTensors ?? 0;
}

/**
 * Runs a function and checks that it leaves as many tensors as it found. For tests.
 *
 * @param fn - may not return tensors: they would be counted.
 * @returns what `fn` returned.
 * @throws SofdError with the code `TENSOR_LEAK`.
 */
export async function assertNoLeak<T>(fn: () => Promise<T>): Promise<T> {
  const before = countTensors();
  const result = await fn();
  const after = countTensors();
  if (after !== before) {
    throw new SofdError(
      'TENSOR_LEAK',
      `assertNoLeak: expected ${before} tensors afterwards as before, got ${after}; dispose what is made, or wrap it in tidy.`,
    );
  }
  return result;
}

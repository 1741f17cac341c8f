import { cast, type Tensor, oneHot as tfjsOneHot, tidy } from '@tensorflow/tfjs-core';

/**
 * Turns indices into rows that are 1 at the index and 0 elsewhere.
 *
 * @param indices - int32, any shape, each from 0 to depth - 1; others give rows of zeros.
 * @param depth - the length of a row, at least 2.
 * @returns `[...indices, depth]`, float32.
 */
export function oneHot(indices: Tensor, depth: number): Tensor {
  // Made of integers and converted: wasm writes integers even where floats are asked for.
  return tidy(() => cast(tfjsOneHot(indices, depth), 'float32'));
}

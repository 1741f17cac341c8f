import { matMul, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { oneHot } from '../one-hot.js';

/**
 * Looks up a row for every token.
 *
 * @param ids - `[count]`, each from 0 to vocabulary - 1.
 * @param table - `[vocabulary, width]`
 * @returns `[count, width]`
 */
export function embedTokens(ids: Int32Array, table: Tensor): Tensor {
  const [vocabulary = 0] = table.shape;
  // A product, not a gather: wasm has no kernel for the gradient of gather.
  const selection = oneHot(tensor1d(ids, 'int32'), vocabulary); // [count, vocabulary]
  return matMul(selection, table); // [count, width]
}

import { matMul, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { runFusedKernel } from '../fused/run-fused-kernel.js';
import { oneHot } from '../one-hot.js';

/**
 * Looks up a row for every token.
 *
 * @param ids - `[count]`, each from 0 to vocabulary - 1.
 * @param table - `[vocabulary, width]`
 * @returns `[count, width]`
 * @example
 * ```ts
 * import { embedTokens, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const table = tensor([[1, 2], [3, 4]]);
 * await readTensor(embedTokens(Int32Array.of(1, 0, 1), table)); // Float32Array [3, 4, 1, 2, 3, 4]
 * ```
 */
export function embedTokens(ids: Int32Array, table: Tensor): Tensor {
  const [vocabulary = 0] = table.shape;
  const rows = tensor1d(ids, 'int32'); // [count]
  const fused = runFusedKernel('embedding', 'forward', { inputs: { ids: rows, table } });
  if (fused?.[0]) return fused[0];
  // A product, not a gather: engines differ in what they know of the gradient of gather.
  const selection = oneHot(rows, vocabulary); // [count, vocabulary]
  return matMul(selection, table); // [count, width]
}

import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { flattenTree, type ParameterTree } from './parameter-tree.js';

const frozen = new WeakSet<DataId>();

/**
 * Promises that these parameters will not change, so that engines may keep a copy of them in the order in which products read
 * them. The copy is freed with the tensor.
 *
 * For inference. Training with frozen parameters works, and the updated ones are new, not frozen.
 *
 * @param tree - the parameters.
 * @example
 * ```ts
 * import { freezeParameters, linear, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const layer = { weight: tensor([[2], [3]]), bias: tensor([1]) };
 * freezeParameters(layer);
 * await readTensor(linear(tensor([[1, 1]]), layer.weight, layer.bias)); // Float32Array [6]
 * ```
 */
export function freezeParameters(tree: ParameterTree): void {
  for (const { dataId } of flattenTree(tree).values()) frozen.add(dataId);
}

/** Whether {@link freezeParameters} was called for a tensor's data. For engines. */
export const isFrozen = ({ dataId }: TensorInfo): boolean => frozen.has(dataId);

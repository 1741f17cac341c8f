import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { mapTree, type ParameterTree } from './parameter-tree.js';

const frozen = new WeakSet<DataId>();

/**
 * Promises that these parameters will not change, so that engines may keep a copy of them in the order in which products read
 * them. The copy is freed with the tensor.
 *
 * For inference. Training with frozen parameters works, and the updated ones are new, not frozen.
 *
 * @param tree - the parameters.
 */
export function freezeParameters(tree: ParameterTree): void {
  mapTree(tree, (leaf) => {
    frozen.add(leaf.dataId);
    return leaf;
  });
}

/** Whether {@link freezeParameters} was called for a tensor's data. For engines. */
export const isFrozen = ({ dataId }: TensorInfo): boolean => frozen.has(dataId);

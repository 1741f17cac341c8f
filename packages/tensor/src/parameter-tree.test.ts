import { ShapeMismatchError } from '@sofd/core';
import {
  countTensors,
  disposeTree,
  filterTree,
  flattenTree,
  mapTree,
  type ParameterTree,
  unflattenLike,
  useBackend,
  zeros,
} from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const createTree = () => ({
  stem: { weight: zeros([2, 3]) },
  blocks: [{ bias: zeros([1]) }, { bias: zeros([2]), inner: { gain: zeros([]) } }],
  empty: {},
});

let tree: ReturnType<typeof createTree>;

beforeAll(async () => {
  await useBackend(reference());
});
beforeEach(() => {
  tree = createTree();
});
afterEach(() => {
  disposeTree(tree);
  expect(countTensors()).toBe(0);
});

const names = (of: ParameterTree) => [...flattenTree(of).keys()];

describe('parameter trees', () => {
  test('flatten to paths in the order of the tree', () => {
    expect(names(tree)).toEqual(['stem.weight', 'blocks.0.bias', 'blocks.1.bias', 'blocks.1.inner.gain']);
  });

  test('map leaf by leaf, keeping the structure', () => {
    const shapes: string[] = [];
    const same = mapTree(tree, (leaf, name) => {
      shapes.push(`${name} [${leaf.shape}]`);
      return leaf;
    });
    expect(same).toEqual(tree);
    expect(shapes).toContain('stem.weight [2,3]');
  });

  test('unflatten what they flattened to', () => {
    expect(unflattenLike(tree, flattenTree(tree))).toEqual(tree);
  });

  test('name every tensor that does not fit', () => {
    const tensors = flattenTree(tree);
    tensors.set('extra', tree.stem.weight);
    tensors.set('blocks.0.bias', tree.stem.weight);
    tensors.delete('blocks.1.bias');
    const attempt = () => unflattenLike(tree, tensors);
    expect(attempt).toThrow(ShapeMismatchError);
    expect(attempt).toThrow(
      'blocks.0.bias is [2, 3] where [1] is expected; blocks.1.bias is missing; extra has no place',
    );
  });

  test('filter without renaming what stays', () => {
    const kept = filterTree(tree, (_, name) => name.startsWith('blocks.1'));
    expect(names(kept)).toEqual(['blocks.1.bias', 'blocks.1.inner.gain']);
    expect(names(filterTree(tree, () => false))).toEqual([]);
  });
});

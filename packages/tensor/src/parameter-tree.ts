import { ShapeMismatchError } from '@sofd/core';
import { Tensor } from '@tensorflow/tfjs-core';

/** Parameters by name, nested as the model is: plain records of tensors, records and lists of records. */
export type ParameterTree = { readonly [name: string]: Tensor | ParameterTree | readonly ParameterTree[] };

type Node = ParameterTree[string];

/**
 * Lists the tensors of a tree by their path.
 *
 * @returns names such as `blocks.0.attention.input.weight`, in the order of the tree.
 */
export function flattenTree(tree: ParameterTree): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  mapTree(tree, (leaf, name) => {
    found.set(name, leaf);
    return leaf;
  });
  return found;
}

/**
 * Builds a tree of the same structure with other tensors.
 *
 * @param fn - is given a leaf and its path; what it returns takes the leaf's place.
 */
export function mapTree<T extends ParameterTree>(tree: T, fn: (leaf: Tensor, name: string) => Tensor): T {
  const visit = (node: Node, path: string): Node => {
    if (node instanceof Tensor) return fn(node, path);
    if (isList(node)) return node.map((child, i) => visit(child, `${path}.${i}`) as ParameterTree);
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [key, visit(child, path ? `${path}.${key}` : key)]),
    );
  };
  return visit(tree, '') as T;
}

/**
 * Puts tensors into the structure of another tree.
 *
 * @param tree - gives the structure and the expected shapes.
 * @param tensors - by path, as {@link flattenTree} gives them; exactly the paths of the tree.
 * @throws ShapeMismatchError naming every missing, superfluous and wrongly shaped tensor.
 */
export function unflattenLike<T extends ParameterTree>(tree: T, tensors: ReadonlyMap<string, Tensor>): T {
  const problems: string[] = [];
  const wanted = flattenTree(tree);
  for (const [name, { shape }] of wanted) {
    const given = tensors.get(name);
    if (!given) problems.push(`${name} is missing`);
    else if (given.shape.join() !== shape.join()) {
      problems.push(`${name} is [${given.shape.join(', ')}] where [${shape.join(', ')}] is expected`);
    }
  }
  for (const name of tensors.keys()) if (!wanted.has(name)) problems.push(`${name} has no place`);
  if (problems.length > 0) {
    throw new ShapeMismatchError(
      `unflattenLike: expected the ${wanted.size} tensors of the tree, got ${problems.join('; ')}; check that weights and model configuration belong together.`,
      { problems },
    );
  }
  return mapTree(tree, (leaf, name) => tensors.get(name) ?? leaf);
}

/** Disposes every tensor of a tree. */
export function disposeTree(tree: ParameterTree): void {
  for (const leaf of flattenTree(tree).values()) leaf.dispose();
}

/**
 * Keeps the leaves that a predicate accepts. Records and lists stay, even when they become empty, so that paths do not change.
 *
 * @param predicate - is given a leaf and its path.
 */
export function filterTree(tree: ParameterTree, predicate: (leaf: Tensor, name: string) => boolean): ParameterTree {
  const visit = (node: ParameterTree, path: string): ParameterTree =>
    Object.fromEntries(
      Object.entries(node).flatMap(([key, child]): [string, Node][] => {
        const name = path ? `${path}.${key}` : key;
        if (child instanceof Tensor) return predicate(child, name) ? [[key, child]] : [];
        if (isList(child)) return [[key, child.map((item, i) => visit(item, `${name}.${i}`))]];
        return [[key, visit(child, name)]];
      }),
    );
  return visit(tree, '');
}

/** `Array.isArray` does not narrow readonly lists. */
const isList = (node: Node): node is readonly ParameterTree[] => Array.isArray(node);

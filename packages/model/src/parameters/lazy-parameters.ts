import type { ParameterTree, Tensor } from '@sofd/tensor';
import { isSpec, type ParameterSpec, type SpecTree } from './parameter-spec.js';

type Create = (name: string, spec: ParameterSpec) => Tensor;

/**
 * A parameter tree that makes a tensor whenever it is asked for one. Within `tidy` the tensor is freed at its end, so that a
 * model whose blocks tidy up runs with one block of it on the engine.
 *
 * @param specs - the tree to follow
 * @param create - makes the tensor of one parameter from its name and spec
 */
export function createLazyParameters(specs: SpecTree, create: Create): ParameterTree {
  const visit = (tree: SpecTree, path: string): ParameterTree =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(tree).map(([key, node]) => {
          const name = `${path}${key}`;
          if (isSpec(node)) return [key, { enumerable: true, get: () => create(name, node) }];
          const list = (items: readonly SpecTree[]) => items.map((item, index) => visit(item, `${name}.${index}.`));
          return [key, { enumerable: true, value: isList(node) ? list(node) : visit(node, `${name}.`) }];
        }),
      ),
    );
  return visit(specs, '');
}

/** `Array.isArray` does not narrow readonly lists. */
const isList = (node: SpecTree | readonly SpecTree[]): node is readonly SpecTree[] => Array.isArray(node);

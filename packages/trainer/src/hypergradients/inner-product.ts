import type { FlatParameters } from '@sofd/model';
import { mul, readTensor, stack, sum, tidy } from '@sofd/tensor';

/**
 * ⟨a, b⟩ over all parameters as one vector.
 *
 * @param a - by parameter name
 * @param b - of the same names and shapes
 */
export async function computeInnerProduct(a: FlatParameters, b: FlatParameters): Promise<number> {
  // Stacked, not added up at once: a GPU binds no more than some eight buffers to a kernel, and AddN takes all at once.
  const product = tidy(() => sum(stack(Object.entries(a).map(([name, leaf]) => sum(mul(leaf, b[name]!))))));
  const [value] = await readTensor(product);
  product.dispose();
  return value!;
}

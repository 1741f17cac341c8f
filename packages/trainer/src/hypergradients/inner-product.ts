import type { FlatParameters } from '@sofd/model';
import { readTensor } from '@sofd/tensor';
import { computeInnerProduct } from '@sofd/tensor/training';

/**
 * ⟨a, b⟩ over all parameters as one vector, read from the device.
 *
 * @param a - by parameter name
 * @param b - of the same names and shapes
 */
export async function readInnerProduct(a: FlatParameters, b: FlatParameters): Promise<number> {
  const product = computeInnerProduct(a, b);
  const [value] = await readTensor(product);
  product.dispose();
  return value!;
}

import { BackendUnavailableError } from '@sofd/core';
import { add, matMul, mul, sum, tensor, tidy } from '@tensorflow/tfjs-core';

/** [2, 2, 3], and its product with itself transposed: small integers, exact in any float arithmetic. */
const operand = [1, 2, 3, 4, 5, 6, -1, 0, 2, 3, -2, 1];
const expected = [14, 32, 32, 77, 5, -1, -1, 14];

/**
 * Runs a batched and a transposed product, a sum and an addition on the active engine, and compares with known numbers.
 *
 * @throws BackendUnavailableError when the engine computes something else.
 */
export async function assertEngineComputes(name: string): Promise<void> {
  const [product, total] = tidy(() => {
    const x = tensor(operand, [2, 2, 3]);
    const a = matMul(x, x, false, true); // [2, 2, 2]
    const columns = tensor(operand.slice(0, 6), [2, 3]);
    const b = matMul(columns, columns, true, false); // [3, 3]
    return [add(mul(a, 2), 1), sum(b)] as const;
  });
  const values = [...(await product.data()), ...(await total.data())];
  product.dispose();
  total.dispose();
  const wanted = [...expected.map((value) => 2 * value + 1), 261];
  const wrong = wanted.findIndex((value, i) => value !== values[i]);
  if (wrong >= 0) {
    throw new BackendUnavailableError(
      `engine ${name}: expected ${wanted[wrong]} from a known matrix product, got ${values[wrong]}; choose another engine.`,
    );
  }
}

import { BackendUnavailableError } from '@sofd/core';
import { add, matMul, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { attention } from '../layers/attention.js';
import { layerNorm } from '../layers/layer-norm.js';

/** [2, 2, 3], and its product with itself transposed: small integers, exact in any float arithmetic. */
const operand = [1, 2, 3, 4, 5, 6, -1, 0, 2, 3, -2, 1];
const expected = [14, 32, 32, 77, 5, -1, -1, 14];

/**
 * Runs a batched and a transposed product, a sum, an addition and two layers on the active engine, and compares with known
 * numbers.
 *
 * @throws BackendUnavailableError when the engine computes something else.
 */
export async function assertEngineComputes(name: string): Promise<void> {
  const results = tidy(() => {
    const x = tensor(operand, [2, 2, 3]);
    const a = matMul(x, x, false, true); // [2, 2, 2]
    const columns = tensor(operand.slice(0, 6), [2, 3]);
    const b = matMul(columns, columns, true, false); // [3, 3]
    return [add(mul(a, 2), 1), sum(b), computeLayers()];
  });
  const values = (await Promise.all(results.map((result) => result.data()))).flatMap((data) => [...data]);
  for (const result of results) result.dispose();
  const wanted = [...expected.map((value) => 2 * value + 1), 261, ...layersExpected];
  // Exponentials, roots and the epsilon of the variance may cost a few units in the fifth digit; a wrong kernel costs more.
  const wrong = wanted.findIndex((value, i) => !(Math.abs(value - (values[i] ?? Number.NaN)) < (i < 9 ? 1e-9 : 1e-3)));
  if (wrong >= 0) {
    throw new BackendUnavailableError(
      `engine ${name}: expected ${wanted[wrong]} from a known computation, got ${values[wrong]}; choose another engine.`,
    );
  }
}

/**
 * Causal attention over two tokens with keys of zero: the first value (2, 4), then the mean (5, 3) of it and the second, (8, 2). Each
 * has deviation 1, so that layer normalisation gives (-1, 1) and (1, -1) before gain and bias.
 */
function computeLayers(): Tensor {
  const qkv = tensor([3, 1, 0, 0, 2, 4, 1, 2, 0, 0, 8, 2], [1, 2, 6]);
  const attended = attention(qkv, { heads: 1, causal: true }); // [1, 2, 2]
  return layerNorm(attended, { gain: tensor([2, 4]), bias: tensor([0.5, -0.5]) }); // [1, 2, 2]
}

const layersExpected = [-1.5, 3.5, 2.5, -4.5];

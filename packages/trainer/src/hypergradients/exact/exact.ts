import { disposeTree } from '@sofd/tensor';
import { computeHeldOutDirection } from '../held-out-direction.js';
import type { Hypergradient } from '../hypergradient.js';
import { readInnerProduct } from '../inner-product.js';

/**
 * The exact hypergradient: h_i = ⟨∇L_i(θ; train), d⟩, one pass back a task.
 *
 * @returns a hypergradient for `autoLambda`
 * @see method.md section 5, the exact alternative
 */
export function exact(): Hypergradient {
  return {
    name: 'exact',
    async compute(input) {
      const { direction, trainingLosses, heldOutLosses } = await computeHeldOutDirection(input);
      const terms: number[] = [];
      for (const task of input.taskWeights.keys()) {
        const gradients = input.now.gradients(input.taskWeights.map((_, other) => (other === task ? 1 : 0)));
        terms.push(await readInnerProduct(gradients, direction));
        disposeTree(gradients);
      }
      disposeTree(direction);
      const gradient = terms.map((term) => -input.learningRate * term);
      return { gradient, terms, trainingLosses, heldOutLosses };
    },
  };
}

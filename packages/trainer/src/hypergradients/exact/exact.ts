import type { FlatParameters } from '@sofd/model';
import { disposeTree } from '@sofd/tensor';
import { readLosses, weightedGradients } from '../../train/weighted-gradients.js';
import { computeHeldOutDirection } from '../held-out-direction.js';
import type { Hypergradient, HypergradientInput } from '../hypergradient.js';
import { computeInnerProduct } from '../inner-product.js';

async function computeTerm(input: HypergradientInput, direction: FlatParameters, task: number): Promise<number> {
  const only = input.taskWeights.map((_, other) => (other === task ? 1 : 0));
  const result = weightedGradients(input.trainingLosses, input.trainable, only);
  await readLosses(result);
  const term = await computeInnerProduct(result.gradients, direction);
  disposeTree(result.gradients);
  return term;
}

/**
 * The exact hypergradient: h_i = ⟨∇L_i(θ; train), d⟩, one gradient a task.
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
      for (const task of input.taskWeights.keys()) terms.push(await computeTerm(input, direction, task));
      disposeTree(direction);
      const gradient = terms.map((term) => -input.learningRate * term);
      return { gradient, terms, trainingLosses, heldOutLosses };
    },
  };
}

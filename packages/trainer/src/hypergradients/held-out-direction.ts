import type { FlatParameters } from '@sofd/model';
import { disposeTree } from '@sofd/tensor';
import { createSgd } from '@sofd/tensor/training';
import { readLosses, weightedGradients } from '../train/weighted-gradients.js';
import type { HypergradientInput } from './hypergradient.js';

/** The held-out gradient after a step of plain gradient descent. */
export interface HeldOutDirection {
  /** d = ∇ L_primary(θ'; held-out); the caller disposes of it. */
  readonly direction: FlatParameters;
  /** L_i(θ; train). */
  readonly trainingLosses: readonly number[];
  /** L_i(θ'; held-out). */
  readonly heldOutLosses: readonly number[];
}

/**
 * θ' = θ - a (∇ Σ_i λ_i L_i(θ; train) + w θ), then d = ∇ L_primary(θ'; held-out).
 *
 * The step is plain gradient descent with coupled weight decay also where the model is trained by AdamW, as published.
 *
 * @param input - parameters, losses, weights and rates
 * @see method.md section 5, steps 1 and 2
 */
export async function computeHeldOutDirection(input: HypergradientInput): Promise<HeldOutDirection> {
  const { trainable, learningRate, weightDecay } = input;
  const now = weightedGradients(input.trainingLosses, trainable, input.taskWeights);
  const sgd = createSgd({ learningRate, weightDecay });
  const ahead = sgd.update(trainable, now.gradients, sgd.init(trainable)).params;
  disposeTree(now.gradients);
  const then = weightedGradients(input.heldOutLosses, ahead, input.primaryWeights);
  disposeTree(ahead);
  return {
    direction: then.gradients,
    trainingLosses: (await readLosses(now)).losses,
    heldOutLosses: (await readLosses(then)).losses,
  };
}

import type { FlatParameters } from '@sofd/model';
import { disposeTree } from '@sofd/tensor';
import type { HypergradientInput } from './hypergradient.js';

/** The held-out gradient after a step ahead. */
export interface HeldOutDirection {
  /** J d with d = ∇ L_primary(θ'; held-out); J is one for plain gradient descent. The caller disposes of it. */
  readonly direction: FlatParameters;
  /** L_i(θ; train). */
  readonly trainingLosses: readonly number[];
  /** L_i(θ'; held-out). */
  readonly heldOutLosses: readonly number[];
}

/**
 * θ' = θ - a (∇ Σ_i λ_i L_i(θ; train) + w θ), or another step, then d = ∇ L_primary(θ'; held-out).
 *
 * @param input - parameters, losses, weights, rates and the step
 * @see method.md section 5, steps 1 and 2
 */
export async function computeHeldOutDirection(input: HypergradientInput): Promise<HeldOutDirection> {
  const gradients = input.now.gradients(input.taskWeights);
  const step = input.lookAhead.step({ ...input, gradients });
  disposeTree(gradients);
  const then = input.heldOut.at(step.ahead);
  const direction = step.precondition(then.gradients(input.primaryWeights));
  const [trainingLosses, heldOutLosses] = [await input.now.losses(), await then.losses()];
  then.dispose();
  disposeTree(step.ahead);
  step.dispose();
  return { direction, trainingLosses, heldOutLosses };
}

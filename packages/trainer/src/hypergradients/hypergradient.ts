import type { LookAhead } from '../look-ahead/look-ahead.js';
import type { WeightingContext } from '../task-weighting/task-weighting.js';

/** What a hypergradient is computed from. */
export interface HypergradientInput extends WeightingContext {
  /** λ, one a task. */
  readonly taskWeights: readonly number[];
  /** How much each task counts in the held-out loss: 1 for a primary task, else 0. */
  readonly primaryWeights: readonly number[];
  /** The step θ'(λ) by which it looks ahead. */
  readonly lookAhead: LookAhead;
}

/** A hypergradient, and the numbers on the way to it. */
export interface HypergradientResult {
  /** ∂L_primary(θ'; held-out) / ∂λ_i = -a h_i, one a task. */
  readonly gradient: readonly number[];
  /** h_i, the product of the task's gradient at θ with the (preconditioned) held-out gradient at θ'. */
  readonly terms: readonly number[];
  /** L_i(θ; train). */
  readonly trainingLosses: readonly number[];
  /** L_i(θ'; held-out). */
  readonly heldOutLosses: readonly number[];
}

/** A way to differentiate the held-out loss after one step with respect to the task weights of that step. */
export interface Hypergradient<Result extends HypergradientResult = HypergradientResult> {
  readonly name: string;
  /** Disposes of all tensors that it makes. */
  compute(input: HypergradientInput): Promise<Result>;
}

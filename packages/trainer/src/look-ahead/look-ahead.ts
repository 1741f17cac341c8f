import type { FlatParameters } from '@sofd/model';
import type { OptimizerState } from '@sofd/tensor/training';

/** What a step ahead starts from. */
export interface LookAheadInput {
  readonly trainable: FlatParameters;
  /** ∇ Σ_i λ_i L_i at `trainable`; stays the caller's, as all here does. */
  readonly gradients: FlatParameters;
  /** The optimizer's memory before the step. */
  readonly optimizer: OptimizerState;
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** A step that is tried, and how it depends on the gradient. */
export interface LookAheadStep {
  /** θ', which the caller disposes of. */
  readonly ahead: FlatParameters;
  /**
   * J d, where θ' changes by -a J δ when the gradient changes by δ, a being the learning rate. Takes d away from the
   * caller and gives him the result.
   */
  precondition(direction: FlatParameters): FlatParameters;
  /** Frees what `precondition` needs. */
  dispose(): void;
}

/** The step by which a bi-level rule looks ahead: θ' as a function of the task weights. */
export interface LookAhead {
  /** Names it in records. */
  readonly name: string;
  step(input: LookAheadInput): LookAheadStep;
}

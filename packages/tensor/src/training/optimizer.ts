import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterTree } from '../parameter-tree.js';

/** What an optimizer remembers between steps. Plain, so that a run can be saved and resumed. */
export interface OptimizerState {
  /** Updates so far. */
  readonly step: number;
  /** The running mean of the gradient, of the structure of the parameters. Empty when the optimizer keeps none. */
  readonly m: ParameterTree;
  /** The running mean of the squared gradient, likewise. */
  readonly v: ParameterTree;
  /** The running average of the parameters themselves, where the optimizer was asked for one. */
  readonly ema?: ParameterTree;
}

/** Options of a single update. */
export interface UpdateOptions {
  /** Replaces the optimizer's learning rate for this step, as a schedule does. */
  readonly learningRate?: number | undefined;
  /** A scalar that multiplies every gradient first, such as `computeClipScale` gives. 1 when left out. */
  readonly gradientScale?: Tensor | undefined;
  /**
   * Gives the parameters and the state away: they are disposed of, and engines reuse their memory for what is returned.
   * Nothing else may still read them. False when left out.
   */
  readonly donate?: boolean | undefined;
}

/** A rule that turns gradients into better parameters. It holds no state of its own. */
export interface Optimizer {
  /** The state before the first update. */
  init(params: ParameterTree): OptimizerState;
  /**
   * One update. Unless donated, nothing that is passed in is disposed of or changed; the gradients never are.
   *
   * @param params - the parameters.
   * @param gradients - of the same structure.
   * @param state - from `init` or the last update.
   */
  update<T extends ParameterTree>(
    params: T,
    gradients: T,
    state: OptimizerState,
    options?: UpdateOptions,
  ): { readonly params: T; readonly state: OptimizerState };
}

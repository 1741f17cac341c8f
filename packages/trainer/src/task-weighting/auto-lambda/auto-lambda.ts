import { CheckpointFormatError, InvalidOptionError, parseWith } from '@sofd/core';
import * as v from 'valibot';
import { finiteDifference } from '../../hypergradients/finite-difference/finite-difference.js';
import type { Hypergradient } from '../../hypergradients/hypergradient.js';
import type { TaskWeighting } from '../task-weighting.js';
import { type AdamNumbers, startAdam, stepAdam } from './adam-numbers.js';

const numbers = v.array(v.pipe(v.number(), v.finite()));
const stateSchema = v.strictObject({
  tasks: v.array(v.string()),
  adam: v.strictObject({ values: numbers, step: v.number(), m: numbers, v: numbers }),
});

/** The weights, Adam's memory of them, and the names of the tasks. */
export interface AutoLambdaState {
  readonly tasks: readonly string[];
  readonly adam: AdamNumbers;
}

/** Options of {@link autoLambda}. */
export interface AutoLambdaOptions {
  /** How the held-out loss is differentiated with respect to the weights; the finite difference by default, as published. */
  readonly hypergradient?: Hypergradient;
  /** Adam's learning rate on the weights. */
  readonly learningRate?: number;
  /** The weight of every task before the first step. */
  readonly initial?: number;
  /** The tasks whose held-out loss the weights are to lower. */
  readonly primary?: readonly string[];
}

/**
 * Auto-λ: task weights that lower the primary task's loss on held-out data, by bi-level optimisation.
 *
 * λ ← Adam(λ, ∂L_primary(θ'(λ); held-out) / ∂λ), where θ'(λ) = θ - a (∇ Σ_i λ_i L_i(θ; train) + w θ) looks one step of
 * plain gradient descent ahead. The weights are neither clamped nor normalised.
 *
 * @param options - hypergradient, learning rate (1e-3), initial weight (1), primary tasks
 * @returns a task weighting for `train`
 * @throws InvalidOptionError for a primary task that does not exist
 * @example
 * ```ts
 * await train({ ...options, weighting: autoLambda({ hypergradient: exact() }) });
 * ```
 * @see method.md section 5; Liu et al. 2022
 */
export function autoLambda(options: AutoLambdaOptions = {}): TaskWeighting<AutoLambdaState> {
  const { hypergradient = finiteDifference(), learningRate = 1e-3, initial = 1, primary = ['primary'] } = options;
  return {
    name: `auto-lambda/${hypergradient.name}`,
    usesHeldOut: true,
    init(tasks) {
      const unknown = primary.filter((task) => !tasks.includes(task));
      if (unknown.length > 0 || primary.length === 0) {
        throw new InvalidOptionError(
          `autoLambda: expected primary tasks out of ${tasks.join(', ')}, got ${primary.join(', ') || 'none'}; name at least one of them.`,
        );
      }
      return { tasks, adam: startAdam(tasks.map(() => initial)) };
    },
    restore: (json) => parseWith(stateSchema, json, 'state of the weighting auto-lambda', CheckpointFormatError),
    weights: (state) => state.adam.values,
    async update({ tasks, adam }, context) {
      const { gradient } = await hypergradient.compute({
        ...context,
        taskWeights: adam.values,
        primaryWeights: tasks.map((task) => (primary.includes(task) ? 1 : 0)),
      });
      return { tasks, adam: stepAdam(adam, gradient, learningRate) };
    },
  };
}

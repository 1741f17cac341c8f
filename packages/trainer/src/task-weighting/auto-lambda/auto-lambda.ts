import { InvalidOptionError, parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { finiteDifference } from '../../hypergradients/finite-difference/finite-difference.js';
import type { Hypergradient } from '../../hypergradients/hypergradient.js';
import type { LookAhead } from '../../look-ahead/look-ahead.js';
import { sgdLookAhead } from '../../look-ahead/sgd/sgd.js';
import { type AdamNumbers, startAdam, stepAdam } from '../adam-numbers.js';
import { nonNegative } from '../option-schemas.js';
import { adamSchema, restoreWith } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

const stateSchema = v.strictObject({ tasks: v.array(v.string()), adam: adamSchema });

/** The options of {@link autoLambda} that are numbers, for schemas of experiments. */
export const autoLambdaNumbers = v.strictObject({
  learningRate: v.optional(nonNegative, 1e-3),
  initial: v.optional(v.pipe(v.number(), v.finite()), 1),
});

/** The tasks that {@link autoLambda} serves where it is not told which. */
export const defaultPrimary = ['primary'] as const;

/** The weights, Adam's memory of them, and the names of the tasks. */
export interface AutoLambdaState {
  readonly tasks: readonly string[];
  readonly adam: AdamNumbers;
}

/** Options of {@link autoLambda}. */
export interface AutoLambdaOptions {
  /** How the held-out loss is differentiated with respect to the weights; the finite difference by default, as published. */
  readonly hypergradient?: Hypergradient;
  /** The step by which the rule looks ahead; plain gradient descent by default, as published. */
  readonly lookAhead?: LookAhead;
  /** Adam's learning rate on the weights. @default 1e-3 */
  readonly learningRate?: number;
  /** The weight of every task before the first step. @default 1 */
  readonly initial?: number;
  /** The tasks whose held-out loss the weights are to lower. @default ['primary'] */
  readonly primary?: readonly string[];
}

/**
 * Auto-λ: task weights that lower the primary task's loss on held-out data, by bi-level optimisation.
 *
 * λ ← Adam(λ, ∂L_primary(θ'(λ); held-out) / ∂λ), where θ'(λ) = θ - a (∇ Σ_i λ_i L_i(θ; train) + w θ) looks one step of
 * plain gradient descent ahead, or one of AdamW where asked to. The weights are neither clamped nor normalised.
 *
 * @param options - hypergradient, step ahead, learning rate (1e-3), initial weight (1), primary tasks
 * @returns a task weighting for `train`
 * @throws InvalidOptionError for numbers out of range, and for a primary task that does not exist
 * @example
 * ```ts
 * await train({ ...options, weighting: autoLambda({ hypergradient: exact() }) });
 * ```
 * @see S. Liu, S. James, A. J. Davison, E. Johns, Auto-Lambda: Disentangling Dynamic Task Relationships, TMLR 2022, arXiv
 * 2202.03091; method.md section 5
 */
export function autoLambda(options: AutoLambdaOptions = {}): TaskWeighting<AutoLambdaState> {
  const {
    hypergradient = finiteDifference(),
    lookAhead = sgdLookAhead(),
    primary = defaultPrimary,
    ...numbers
  } = options;
  const { learningRate, initial } = parseOptions(autoLambdaNumbers, numbers, 'autoLambda');
  return {
    name: `auto-lambda/${hypergradient.name}/${lookAhead.name}`,
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
    restore: restoreWith(stateSchema, 'auto-lambda'),
    weights: (state) => state.adam.values,
    async update({ tasks, adam }, context) {
      const { gradient } = await hypergradient.compute({
        ...context,
        lookAhead,
        taskWeights: adam.values,
        primaryWeights: tasks.map((task) => (primary.includes(task) ? 1 : 0)),
      });
      return { tasks, adam: stepAdam(adam, gradient, learningRate) };
    },
  };
}

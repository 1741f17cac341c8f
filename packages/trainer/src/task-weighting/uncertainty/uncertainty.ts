import { parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { type AdamNumbers, startAdam, stepAdam } from '../adam-numbers.js';
import { minimumLoss, nonNegative, positive } from '../option-schemas.js';
import { toPositiveLosses } from '../positive-losses.js';
import { adamSchema, finiteNumbers, restoreWith } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

const name = 'uncertainty';
const stateSchema = v.strictObject({ weights: finiteNumbers, adam: adamSchema });

/** The options of {@link uncertainty}, for schemas of experiments. */
export const uncertaintyOptions = v.strictObject({
  learningRate: v.optional(nonNegative),
  largestWeight: v.optional(positive, 1000),
  minimumLoss,
});

/** Options of {@link uncertainty}. */
export interface UncertaintyOptions {
  /** Adam's learning rate on s. @default the learning rate of the step */
  readonly learningRate?: number | undefined;
  /** No weight grows above it; a task of which the loss is below 1 / largestWeight counts as solved. @default 1000 */
  readonly largestWeight?: number | undefined;
  /** The least value that the losses can take. @default that of the fidelity loss, about -1e-4 */
  readonly minimumLoss?: number | undefined;
}

/** The weights of the last step, and the log variances s in Adam's memory. */
export interface UncertaintyState {
  readonly weights: readonly number[];
  readonly adam: AdamNumbers;
}

/**
 * Homoscedastic uncertainty: each task has a variance σ_i², learnt with the model, and weighs by its inverse.
 *
 * With s_i = log σ_i², parameters and s descend together on Σ_i exp(-s_i) L_i + s_i, so that the weights are exp(-s_i),
 * and s_i = log L_i where s rests: every weighted loss is one there. This is the form of the authors' published example;
 * the paper's own, L_i / 2σ_i² + log σ_i for a regression and L_i / σ_i² + log σ_i for a classification, differ from
 * it by factors of two.
 *
 * The losses here are bounded, from -1e-4 to 1, so log L_i has no floor: s of a solved task would fall for ever and its
 * weight would drown the others. So L_i is measured from its minimum, and s_i stays above -log(largestWeight).
 *
 * @param options - learning rate of s, largest weight, least loss
 * @returns a task weighting for `train`; no passes of its own
 * @throws InvalidOptionError for options out of range
 * @example
 * ```ts
 * await train({ ...options, weighting: uncertainty({ learningRate: 1e-2 }) });
 * ```
 * @see A. Kendall, Y. Gal, R. Cipolla, Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and
 * Semantics, CVPR 2018, arXiv 1705.07115; code: yaringal/multi-task-learning-example
 */
export function uncertainty(options: UncertaintyOptions = {}): TaskWeighting<UncertaintyState> {
  const { learningRate, largestWeight, minimumLoss } = parseOptions(uncertaintyOptions, options, 'uncertainty');
  const least = -Math.log(largestWeight);
  return {
    name,
    usesHeldOut: false,
    init: (tasks) => ({ weights: tasks.map(() => 1), adam: startAdam(tasks.map(() => Math.max(0, least))) }),
    restore: restoreWith(stateSchema, name),
    weights: (state) => state.weights,
    async update({ adam }, context) {
      const losses = toPositiveLosses(await context.now.losses(), minimumLoss);
      const weights = adam.values.map((s) => Math.exp(-s));
      const gradient = losses.map((loss, task) => 1 - weights[task]! * loss);
      const next = stepAdam(adam, gradient, learningRate ?? context.learningRate);
      return { weights, adam: { ...next, values: next.values.map((s) => Math.max(s, least)) } };
    },
  };
}

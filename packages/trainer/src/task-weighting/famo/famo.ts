import { parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { type AdamNumbers, startAdam, stepAdam } from '../adam-numbers.js';
import { minimumLoss, nonNegative } from '../option-schemas.js';
import { toPositiveLosses } from '../positive-losses.js';
import { computeSoftmax } from '../softmax.js';
import { adamSchema, finiteNumbers, restoreWith } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

const name = 'famo';
const stateSchema = v.strictObject({ weights: finiteNumbers, adam: adamSchema });

/** The options of {@link famo}, for schemas of experiments. */
export const famoOptions = v.strictObject({
  gamma: v.optional(nonNegative, 1e-3),
  learningRate: v.optional(nonNegative, 0.025),
  minimumLoss,
});

/** Options of {@link famo}. */
export interface FamoOptions {
  /** Pulls the logits of the tasks back to zero, so that old steps are forgotten. @default 1e-3 */
  readonly gamma?: number | undefined;
  /** β, Adam's learning rate on the logits. @default 0.025 */
  readonly learningRate?: number | undefined;
  /** The least value that the losses can take. @default that of the fidelity loss, about -1e-4 */
  readonly minimumLoss?: number | undefined;
}

/** The weights of the last step, and the logits ξ of the tasks in Adam's memory. */
export interface FamoState {
  readonly weights: readonly number[];
  readonly adam: AdamNumbers;
}

/**
 * FAMO, fast adaptive multitask optimisation: all losses are to fall by the same factor.
 *
 * With z = softmax(ξ), the step follows c Σ_i z_i ∇ log L_i, c = 1 / Σ_i z_i / L_i: weights c z_i / L_i, of the sum one.
 * After the step, δ = J_softmax^T (log L(before) - log L(after)) on the same batch, and Adam takes a step on ξ along
 * δ + γ ξ: a task whose loss fell faster than the others' loses weight. L_i is measured from its minimum, max(L_i - L_min,
 * 0) + 1e-6, so that the logarithm is defined; the published code adds 1e-8, less than float32 rounds these losses by.
 * Losses on other scales give the same directions.
 *
 * @param options - γ (1e-3; the published commands take 1e-3 or 1e-2), β, least loss
 * @returns a task weighting for `train`; a pass forward a step
 * @throws InvalidOptionError for options out of range
 * @example
 * ```ts
 * await train({ ...options, weighting: famo() });
 * ```
 * @see B. Liu, Y. Feng, P. Stone, Q. Liu, FAMO: Fast Adaptive Multitask Optimization, NeurIPS 2023, arXiv 2306.03792,
 * algorithm 1; code: Cranial-XIX/FAMO
 */
export function famo(options: FamoOptions = {}): TaskWeighting<FamoState> {
  const { gamma, learningRate, minimumLoss } = parseOptions(famoOptions, options, 'famo');
  return {
    name,
    usesHeldOut: false,
    init: (tasks) => ({ weights: tasks.map(() => 1 / tasks.length), adam: startAdam(tasks.map(() => 0)) }),
    restore: restoreWith(stateSchema, name),
    weights: (state) => state.weights,
    async update({ adam }, { now }) {
      const losses = toPositiveLosses(await now.losses(), minimumLoss);
      const shares = computeSoftmax(adam.values).map((share, task) => share / losses[task]!);
      const total = shares.reduce((sum, share) => sum + share, 0);
      return { weights: shares.map((share) => share / total), adam };
    },
    observe({ weights, adam }, { before, after }) {
      const [start, end] = [before, after].map((losses) => toPositiveLosses(losses, minimumLoss).map(Math.log));
      const falls = start!.map((loss, task) => loss - end![task]!);
      const shares = computeSoftmax(adam.values);
      const mean = shares.reduce((sum, share, task) => sum + share * falls[task]!, 0);
      const gradient = shares.map((share, task) => share * (falls[task]! - mean) + gamma * adam.values[task]!);
      return { weights, adam: stepAdam(adam, gradient, learningRate) };
    },
  };
}

import { createRandom, parseOptions, type Random } from '@sofd/core';
import * as v from 'valibot';
import { computeProduct, type GramMatrix, selectTask } from '../gram/gram-matrix.js';
import { createGramWeighting } from '../gram/gram-weighting.js';
import type { WeightsState } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

const optionsSchema = v.strictObject({ seed: v.union([v.pipe(v.number(), v.finite()), v.string()]) });

/** Options of {@link pcGrad}. */
export interface PcGradOptions {
  /** Of the order of the projections. */
  readonly seed: number | string;
}

/**
 * The coefficients of the task gradients in Σ_i g_i^PC.
 *
 * @param gram - G
 * @param random - draws for each task the order in which it meets the others
 */
export function computePcGradWeights(gram: GramMatrix, random: Random): number[] {
  const tasks = [...gram.keys()];
  const sum = tasks.map(() => 0);
  for (const task of tasks) {
    const projected = selectTask(task, tasks.length);
    for (const other of random.shuffle(tasks.filter((candidate) => candidate !== task))) {
      const product = computeProduct(gram, projected, selectTask(other, tasks.length));
      // A conflict needs a gradient that is not zero; rounding may pretend otherwise.
      if (product < 0 && gram[other]![other]! > 0) projected[other]! -= product / gram[other]![other]!;
    }
    for (const i of tasks) sum[i]! += projected[i]!;
  }
  return sum;
}

/**
 * PCGrad, gradient surgery: where the gradients of two tasks conflict, each loses its part against the other.
 *
 * g_i^PC starts as g_i and meets the others in random order; where ⟨g_i^PC, g_j⟩ < 0, it is projected onto the plane
 * normal to g_j: g_i^PC - ⟨g_i^PC, g_j⟩ / ‖g_j‖² g_j. The step follows the sum Σ_i g_i^PC, as in the paper's
 * algorithm and its code, so that tasks without conflicts have weights of one. The order of a step is that of
 * `createRandom(seed).split(step)`, whether or not the run was interrupted. (The published code discards its shuffle.)
 *
 * @param options - seed
 * @returns a task weighting for `train`; K passes back a step
 * @throws InvalidOptionError for a seed that is none
 * @example
 * ```ts
 * await train({ ...options, weighting: pcGrad({ seed: 1 }) });
 * ```
 * @see T. Yu, S. Kumar, A. Gupta, S. Levine, K. Hausman, C. Finn, Gradient Surgery for Multi-Task Learning, NeurIPS 2020,
 * arXiv 2001.06782, algorithm 1; code: tianheyu927/PCGrad
 */
export function pcGrad(options: PcGradOptions): TaskWeighting<WeightsState> {
  const { seed } = parseOptions(optionsSchema, options, 'pcGrad');
  return createGramWeighting('pc-grad', (gram, { step }) => computePcGradWeights(gram, createRandom(seed).split(step)));
}

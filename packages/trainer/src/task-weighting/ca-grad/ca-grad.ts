import { parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { listFaces, pickBest, solveOnFace, toSimplex } from '../gram/faces.js';
import { computeNorm, computeProduct, type GramMatrix } from '../gram/gram-matrix.js';
import { createGramWeighting } from '../gram/gram-weighting.js';
import { nonNegative } from '../option-schemas.js';
import type { WeightsState } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

/** The options of {@link caGrad}, for schemas of experiments. */
export const caGradOptions = v.strictObject({ c: v.optional(nonNegative, 0.4) });

/** Options of {@link caGrad}. */
export interface CaGradOptions {
  /**
   * How far the step may be from the mean gradient, in its norms: 0 is gradient descent on the mean loss; above 1, no
   * descent on it is promised. @default 0.4
   */
  readonly c?: number | undefined;
}

/** The weights of the mean. */
const meanOf = (gram: GramMatrix): number[] => gram.map(() => 1 / gram.length);

/**
 * The worst convex combination of the tasks: min_w ⟨g_w, g_0⟩ + √φ ‖g_w‖ over the simplex, where g_w = Σ_i w_i g_i, g_0 is
 * the mean gradient and √φ = c ‖g_0‖.
 *
 * Exact. Where the minimum lies within a face, g_w is stationary among the weights of the sum one on it, which means
 * w = p + t q, p of the least norm on the face, q from a linear system, and t² = ‖g_p‖² / (φ - ‖g_q‖²).
 *
 * @param gram - G, of a few tasks: the work doubles with each
 * @param c - see {@link caGrad}
 * @returns w, weights from 0 of the sum one
 */
export function computeWorstWeights(gram: GramMatrix, c: number): readonly number[] {
  const mean = meanOf(gram);
  const radius = c * computeNorm(gram, mean);
  const zero = gram.map(() => 0);
  const slopes = gram.map((row) => -computeProduct([row], [1], mean)); // -⟨g_i, g_0⟩
  const candidates = listFaces(gram.length).flatMap((face) => {
    const nearest = solveOnFace(gram, face, { right: zero, total: 1 });
    const along = solveOnFace(gram, face, { right: slopes, total: 0 });
    if (nearest === undefined || along === undefined) return [];
    const rest = radius ** 2 - computeProduct(gram, along, along);
    const length = rest > 0 ? computeNorm(gram, nearest) / Math.sqrt(rest) : 0;
    return [toSimplex(nearest.map((weight, task) => weight + length * along[task]!))];
  });
  const worst = pickBest(candidates, (w) => computeProduct(gram, w, mean) + radius * computeNorm(gram, w));
  return worst ?? gram.map(() => Number.NaN); // gradients that are not finite end the run
}

/**
 * The coefficients of the task gradients in K / (1 + c²) (g_0 + √φ g_w / ‖g_w‖).
 *
 * @param gram - G
 * @param c - see {@link caGrad}
 */
export function computeCaGradWeights(gram: GramMatrix, c: number): number[] {
  const mean = meanOf(gram);
  const worst = computeWorstWeights(gram, c);
  // Below this part of the longest gradient, g_w is what float32 left when the gradients cancelled.
  const least = 1e-4 * Math.sqrt(Math.max(...gram.map((row, task) => row[task]!)));
  const norm = Math.max(computeNorm(gram, worst), least);
  const factor = norm > 0 ? (c * computeNorm(gram, mean)) / norm : 0;
  return mean.map((weight, task) => ((weight + factor * worst[task]!) * gram.length) / (1 + c ** 2));
}

/**
 * CAGrad, conflict-averse gradient descent: near the mean gradient, the direction that helps the worst-off task most.
 *
 * d = g_0 + √φ g_w / ‖g_w‖ maximises min_i ⟨g_i, d⟩ among all d with ‖d - g_0‖ ≤ c ‖g_0‖, where g_0 is the mean
 * gradient, √φ = c ‖g_0‖, and w minimises ⟨g_w, g_0⟩ + √φ ‖g_w‖ over the simplex. c = 0 is gradient descent on the
 * mean; with a large c, the direction is that of MGDA. The step follows K d / (1 + c²), scaled like the sum of the tasks,
 * as the published code does; the paper has d. w is found exactly; the published code uses an iterative solver, and
 * takes gradients on the shared parameters only.
 *
 * @param options - c, 0.4 in the published commands
 * @returns a task weighting for `train`; K passes back a step
 * @throws InvalidOptionError for a negative c
 * @example
 * ```ts
 * await train({ ...options, weighting: caGrad({ c: 0.4 }) });
 * ```
 * @see B. Liu, X. Liu, X. Jin, P. Stone, Q. Liu, Conflict-Averse Gradient Descent for Multi-task Learning, NeurIPS 2021,
 * arXiv 2110.14048, algorithm 1; code: Cranial-XIX/CAGrad
 */
export function caGrad(options: CaGradOptions = {}): TaskWeighting<WeightsState> {
  const { c } = parseOptions(caGradOptions, options, 'caGrad');
  return createGramWeighting('ca-grad', (gram) => computeCaGradWeights(gram, c));
}

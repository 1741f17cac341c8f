import { parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { listFaces, pickBest, solveOnFace, toSimplex } from '../gram/faces.js';
import { computeProduct, type GramMatrix } from '../gram/gram-matrix.js';
import { createGramWeighting } from '../gram/gram-weighting.js';
import { minimumLoss } from '../option-schemas.js';
import { toPositiveLosses } from '../positive-losses.js';
import type { WeightsState } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

const normalizations = ['none', 'l2', 'loss', 'loss+'] as const;

/** The options of {@link mgda}, for schemas of experiments. */
export const mgdaOptions = v.strictObject({
  normalization: v.optional(v.picklist(normalizations), 'none'),
  minimumLoss,
});

/** Options of {@link mgda}. */
export interface MgdaOptions {
  /**
   * What each gradient is divided by before the nearest point is looked for: nothing, its norm, the loss, or both. Not in
   * the paper, but in its code; with it, the step need no longer lower all losses. @default 'none'
   */
  readonly normalization?: (typeof normalizations)[number] | undefined;
  /** The least value that the losses can take. @default that of the fidelity loss, about -1e-4 */
  readonly minimumLoss?: number | undefined;
}

/**
 * The weights of the point nearest to the origin in the convex hull of the gradients: min_w w^T G w over the simplex.
 *
 * Exact: on the face of the simplex that holds it, it solves a linear system, and every face is tried.
 *
 * @param gram - G, of a few tasks: the work doubles with each
 * @returns weights from 0, of the sum one; equal ones for gradients that are all zero
 */
export function computeMinNormWeights(gram: GramMatrix): readonly number[] {
  if (gram.every((row, task) => row[task] === 0)) return gram.map(() => 1 / gram.length);
  const right = gram.map(() => 0);
  const candidates = listFaces(gram.length).map((face) => toSimplex(solveOnFace(gram, face, { right, total: 1 })));
  const nearest = pickBest(candidates, (weights) => computeProduct(gram, weights, weights));
  return nearest ?? gram.map(() => Number.NaN); // gradients that are not finite end the run
}

/** ⟨g_i, g_j⟩ for gradients that are divided by a number each; one that is zero is left alone. */
const scaleGram = (gram: GramMatrix, divisors: readonly number[]): GramMatrix => {
  const scales = divisors.map((divisor) => (divisor > 0 ? 1 / divisor : 1));
  return gram.map((row, i) => row.map((product, j) => product * scales[i]! * scales[j]!));
};

/**
 * MGDA, the multiple-gradient descent algorithm: the step that lowers all losses at once, until none can be lowered without
 * raising another.
 *
 * The weights are those of the point nearest to the origin in the convex hull of the task gradients; their sum is one, as
 * in the published code. Its negative is a direction of descent for every task, and zero where the parameters are Pareto
 * stationary: a task whose gradient is zero stops the run for all. Found exactly; the published solver is iterative, and
 * keeps the weights of two tasks between 0.001 and 0.999. It takes gradients on the shared parameters only; here all
 * parameters are shared.
 *
 * @param options - normalization, least loss
 * @returns a task weighting for `train`; K passes back a step
 * @throws InvalidOptionError for an unknown normalization
 * @example
 * ```ts
 * await train({ ...options, weighting: mgda({ normalization: 'l2' }) });
 * ```
 * @see O. Sener, V. Koltun, Multi-Task Learning as Multi-Objective Optimization, NeurIPS 2018, arXiv 1810.04650, equation
 * 3; code: isl-org/MultiObjectiveOptimization
 */
export function mgda(options: MgdaOptions = {}): TaskWeighting<WeightsState> {
  const { normalization, minimumLoss } = parseOptions(mgdaOptions, options, 'mgda');
  const name = normalization === 'none' ? 'mgda' : `mgda/${normalization}`;
  return createGramWeighting(name, async (gram, { now }) => {
    if (normalization === 'none') return computeMinNormWeights(gram);
    const norms = gram.map((row, task) => Math.sqrt(row[task]!));
    if (normalization === 'l2') return computeMinNormWeights(scaleGram(gram, norms));
    const losses = toPositiveLosses(await now.losses(), minimumLoss);
    const divisors = normalization === 'loss' ? losses : losses.map((loss, task) => loss * norms[task]!);
    return computeMinNormWeights(scaleGram(gram, divisors));
  });
}

import { InvalidOptionError, parseOptions } from '@sofd/core';
import type { FlatParameters } from '@sofd/model';
import { disposeTree, readTensor, square, sum, tidy } from '@sofd/tensor';
import * as v from 'valibot';
import type { LossPass } from '../../objective/objective.js';
import { type AdamNumbers, startAdam, stepAdam } from '../adam-numbers.js';
import { selectTask } from '../gram/gram-matrix.js';
import { minimumLoss, nonNegative } from '../option-schemas.js';
import { toPositiveLosses } from '../positive-losses.js';
import { adamSchema, finiteNumbers, restoreWith } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

const name = 'grad-norm';
const stateSchema = v.strictObject({
  weights: finiteNumbers,
  adam: adamSchema,
  initialLosses: v.optional(finiteNumbers),
});

/** The image projection, whatever the vision encoder calls it. */
const imageProjections = ['vision.projection', 'vision.projection.weight'];
/** The least weight before the weights are normalised: a weight below zero would train a task backwards. */
const leastWeight = 1e-3;

/** The options of {@link gradNorm}, for schemas of experiments. */
export const gradNormOptions = v.strictObject({
  alpha: v.optional(nonNegative, 1.5),
  learningRate: v.optional(nonNegative, 0.025),
  sharedParameter: v.optional(v.pipe(v.string(), v.nonEmpty())),
  minimumLoss,
});

/** Options of {@link gradNorm}. */
export interface GradNormOptions {
  /** How strongly tasks that lag behind are pulled forward; 0 gives all gradients one norm. @default 1.5 */
  readonly alpha?: number | undefined;
  /** Adam's learning rate on the weights. @default 0.025 */
  readonly learningRate?: number | undefined;
  /** The parameter on which norms are taken, by name. @default the image projection */
  readonly sharedParameter?: string | undefined;
  /** The least value that the losses can take. @default that of the fidelity loss, about -1e-4 */
  readonly minimumLoss?: number | undefined;
}

/** The weights of the last step, those of the next in Adam's memory, and the losses of the first step. */
export interface GradNormState {
  readonly weights: readonly number[];
  readonly adam: AdamNumbers;
  /** L_i(0); unknown before the first step. */
  readonly initialLosses?: readonly number[] | undefined;
}

function findShared(trainable: FlatParameters, wanted: string | undefined): string {
  const names = Object.keys(trainable);
  const candidates = wanted === undefined ? imageProjections : [wanted];
  const found = candidates.find((candidate) => names.includes(candidate));
  if (found !== undefined) return found;
  throw new InvalidOptionError(
    `gradNorm: expected a parameter ${candidates.join(' or ')} that trains, got ${names.join(', ')}; give one of them as sharedParameter.`,
  );
}

/** ‖∇_W L_i‖ of every task, a pass back each. */
async function computeNorms(now: LossPass, tasks: number, shared: string): Promise<number[]> {
  const norms: number[] = [];
  for (let task = 0; task < tasks; task++) {
    const gradients = now.gradients(selectTask(task, tasks));
    const squares = tidy(() => sum(square(gradients[shared]!)));
    disposeTree(gradients);
    const [value] = await readTensor(squares);
    squares.dispose();
    norms.push(Math.sqrt(value!));
  }
  return norms;
}

const average = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;

/**
 * The derivative of Σ_i |G_i - Ḡ r_i^α| by the weights, where G_i = w_i ‖∇_W L_i‖ and the target Ḡ r_i^α is held fixed.
 *
 * @param weights - w
 * @param norms - ‖∇_W L_i‖
 * @param ratios - L_i / L_i(0), and α
 */
export function computeGradNormGradient(
  weights: readonly number[],
  norms: readonly number[],
  { ratios, alpha }: { readonly ratios: readonly number[]; readonly alpha: number },
): number[] {
  const weighted = weights.map((weight, task) => weight * norms[task]!);
  const [meanNorm, meanRatio] = [average(weighted), average(ratios)];
  return weighted.map((norm, task) => {
    const target = meanNorm * (ratios[task]! / meanRatio) ** alpha;
    // Near the target, the sign is that of a rounding error, which Adam would make a whole step of.
    return Math.abs(norm - target) <= 1e-4 * target ? 0 : Math.sign(norm - target) * norms[task]!;
  });
}

function normalizeWeights(adam: AdamNumbers): AdamNumbers {
  const values = adam.values.map((weight) => Math.max(weight, leastWeight));
  const mean = average(values);
  return { ...adam, values: values.map((weight) => weight / mean) };
}

/**
 * GradNorm: weights under which all tasks train at similar rates.
 *
 * On one shared parameter W, the weighted gradient of task i has the norm G_i = w_i ‖∇_W L_i‖. It is to be Ḡ r_i^α, where
 * Ḡ is the mean over the tasks and r_i = (L_i / L_i(0)) / mean_j (L_j / L_j(0)) tells how far the task lags behind. Adam
 * takes a step on Σ_i |G_i - Ḡ r_i^α| with the target held fixed, then the weights are scaled to the sum K. As published,
 * a step of the model uses the weights from before that step. The paper leaves open what happens to a weight
 * below zero: here none falls under 1e-3. Losses are measured from their minimum.
 *
 * @param options - α, learning rate of the weights, shared parameter, least loss
 * @returns a task weighting for `train`; K passes back a step
 * @throws InvalidOptionError for options out of range; at the first step, for a parameter that does not train
 * @example
 * ```ts
 * await train({ ...options, weighting: gradNorm({ alpha: 0.5, sharedParameter: 'text.projection' }) });
 * ```
 * @see Z. Chen, V. Badrinarayanan, C.-Y. Lee, A. Rabinovich, GradNorm: Gradient Normalization for Adaptive Loss Balancing
 * in Deep Multitask Networks, ICML 2018, arXiv 1711.02257
 */
export function gradNorm(options: GradNormOptions = {}): TaskWeighting<GradNormState> {
  const { alpha, learningRate, sharedParameter, minimumLoss } = parseOptions(gradNormOptions, options, 'gradNorm');
  return {
    name,
    usesHeldOut: false,
    init: (tasks) => ({ weights: tasks.map(() => 1), adam: startAdam(tasks.map(() => 1)) }),
    restore: restoreWith(stateSchema, name),
    weights: (state) => state.weights,
    async update({ adam, initialLosses }, context) {
      const shared = findShared(context.trainable, sharedParameter);
      const weights = adam.values;
      const norms = await computeNorms(context.now, weights.length, shared);
      const losses = toPositiveLosses(await context.now.losses(), minimumLoss);
      const start = initialLosses ?? losses;
      const ratios = losses.map((loss, task) => loss / start[task]!);
      const gradient = computeGradNormGradient(weights, norms, { ratios, alpha });
      return { weights, adam: normalizeWeights(stepAdam(adam, gradient, learningRate)), initialLosses: start };
    },
  };
}

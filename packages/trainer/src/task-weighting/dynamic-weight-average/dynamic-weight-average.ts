import { parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { minimumLoss, positive } from '../option-schemas.js';
import { toPositiveLosses } from '../positive-losses.js';
import { computeSoftmax } from '../softmax.js';
import { finiteNumbers, restoreWith } from '../states.js';
import type { TaskWeighting } from '../task-weighting.js';

const name = 'dynamic-weight-average';
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const stateSchema = v.strictObject({
  weights: finiteNumbers,
  epoch: count,
  steps: count,
  sums: finiteNumbers,
  means: v.pipe(v.array(finiteNumbers), v.maxLength(2)),
});

/** The options of {@link dynamicWeightAverage}, for schemas of experiments. */
export const dynamicWeightAverageOptions = v.strictObject({
  temperature: v.optional(positive, 2),
  minimumLoss,
});

/** Options of {@link dynamicWeightAverage}. */
export interface DynamicWeightAverageOptions {
  /** How even the weights are. @default 2 */
  readonly temperature?: number | undefined;
  /** The least value that the losses can take. @default that of the fidelity loss, about -1e-4 */
  readonly minimumLoss?: number | undefined;
}

/** The weights, the losses of this epoch so far, and the mean losses of the last two. */
export interface DynamicWeightAverageState {
  readonly weights: readonly number[];
  readonly epoch: number;
  /** Steps of this epoch that are in `sums`. */
  readonly steps: number;
  readonly sums: readonly number[];
  /** Mean losses of whole epochs, the newest last; two at most. */
  readonly means: readonly (readonly number[])[];
}

/** Ends the epoch where another has begun. */
function startEpoch(state: DynamicWeightAverageState, epoch: number, temperature: number): DynamicWeightAverageState {
  const { weights, sums, steps } = state;
  if (epoch === state.epoch) return state;
  if (steps === 0) return { ...state, epoch };
  const means = [...state.means, sums.map((sum) => sum / steps)].slice(-2);
  const [before, last] = means;
  const shares = last && computeSoftmax(last.map((loss, task) => loss / before![task]! / temperature));
  return {
    weights: shares ? shares.map((share) => share * shares.length) : weights,
    epoch,
    steps: 0,
    sums: sums.map(() => 0),
    means,
  };
}

/**
 * Dynamic weight average: a task whose loss falls more slowly than the others' weighs more.
 *
 * λ_i = K softmax(r_i / T) with r_i = L_i(t - 1) / L_i(t - 2), the ratio of its mean losses in the last two epochs;
 * weights of one in the first two. They change at the start of an epoch only, so that they stay one in a run of less than
 * three. Losses are measured from their minimum, else the ratio of a solved task could have any sign.
 *
 * @param options - temperature, least loss
 * @returns a task weighting for `train`; no passes of its own
 * @throws InvalidOptionError for options out of range
 * @example
 * ```ts
 * await train({ ...options, weighting: dynamicWeightAverage() });
 * ```
 * @see S. Liu, E. Johns, A. J. Davison, End-to-End Multi-Task Learning with Attention, CVPR 2019, arXiv 1803.10704,
 * the section on dynamic weight average; code: lorenmt/mtan
 */
export function dynamicWeightAverage(
  options: DynamicWeightAverageOptions = {},
): TaskWeighting<DynamicWeightAverageState> {
  const { temperature, minimumLoss } = parseOptions(dynamicWeightAverageOptions, options, 'dynamicWeightAverage');
  return {
    name,
    usesHeldOut: false,
    init: (tasks) => ({ weights: tasks.map(() => 1), epoch: 0, steps: 0, sums: tasks.map(() => 0), means: [] }),
    restore: restoreWith(stateSchema, name),
    weights: (state) => state.weights,
    async update(state, context) {
      const losses = toPositiveLosses(await context.now.losses(), minimumLoss);
      const begun = startEpoch(state, context.epoch, temperature);
      return { ...begun, steps: begun.steps + 1, sums: begun.sums.map((sum, task) => sum + losses[task]!) };
    },
  };
}

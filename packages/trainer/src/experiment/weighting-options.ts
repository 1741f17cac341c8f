import * as v from 'valibot';
import { exact } from '../hypergradients/exact/exact.js';
import { finiteDifference } from '../hypergradients/finite-difference/finite-difference.js';
import { adamWLookAhead } from '../look-ahead/adam-w/adam-w.js';
import { sgdLookAhead } from '../look-ahead/sgd/sgd.js';
import { taskNames } from '../loss/tasks.js';
import { autoLambda, autoLambdaNumbers, defaultPrimary } from '../task-weighting/auto-lambda/auto-lambda.js';
import { caGrad, caGradOptions } from '../task-weighting/ca-grad/ca-grad.js';
import {
  dynamicWeightAverage,
  dynamicWeightAverageOptions,
} from '../task-weighting/dynamic-weight-average/dynamic-weight-average.js';
import { equal } from '../task-weighting/equal/equal.js';
import { famo, famoOptions } from '../task-weighting/famo/famo.js';
import { gradNorm, gradNormOptions } from '../task-weighting/grad-norm/grad-norm.js';
import { mgda, mgdaOptions } from '../task-weighting/mgda/mgda.js';
import { pcGrad } from '../task-weighting/pc-grad/pc-grad.js';
import { singleTask, singleTaskOptions } from '../task-weighting/single-task/single-task.js';
import type { TaskWeighting } from '../task-weighting/task-weighting.js';
import { uncertainty, uncertaintyOptions } from '../task-weighting/uncertainty/uncertainty.js';

const autoLambdaEntries = {
  hypergradient: v.optional(v.picklist(['finite-difference', 'exact']), 'finite-difference'),
  /** The step by which it looks ahead. */
  lookAhead: v.optional(v.picklist(['sgd', 'adam-w']), 'sgd'),
  ...autoLambdaNumbers.entries,
  primary: v.optional(v.pipe(v.array(v.picklist(taskNames)), v.minLength(1)), [...defaultPrimary]),
};

/** How an experiment weights the tasks, by the name of the rule and its options. */
export const weightingSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('equal') }),
  v.strictObject({ kind: v.literal('single-task'), ...singleTaskOptions.entries }),
  v.strictObject({ kind: v.literal('uncertainty'), ...uncertaintyOptions.entries }),
  v.strictObject({ kind: v.literal('dynamic-weight-average'), ...dynamicWeightAverageOptions.entries }),
  v.strictObject({ kind: v.literal('grad-norm'), ...gradNormOptions.entries }),
  v.strictObject({ kind: v.literal('pc-grad') }),
  v.strictObject({ kind: v.literal('ca-grad'), ...caGradOptions.entries }),
  v.strictObject({ kind: v.literal('mgda'), ...mgdaOptions.entries }),
  v.strictObject({ kind: v.literal('famo'), ...famoOptions.entries }),
  v.strictObject({ kind: v.literal('auto-lambda'), ...autoLambdaEntries }),
]);

/** A rule and its options, complete: plain JSON. */
export type WeightingOptions = v.InferOutput<typeof weightingSchema>;

const withoutKind = <T extends { readonly kind: string }>({ kind, ...rest }: T): Omit<T, 'kind'> => rest;

/**
 * The rule that an experiment names.
 *
 * @param options - from {@link weightingSchema}
 * @param seed - of the run; a rule that draws numbers splits its stream from it
 */
export function resolveWeighting(options: WeightingOptions, seed: number | string): TaskWeighting {
  switch (options.kind) {
    case 'equal':
      return equal();
    case 'single-task':
      return singleTask(withoutKind(options));
    case 'uncertainty':
      return uncertainty(withoutKind(options));
    case 'dynamic-weight-average':
      return dynamicWeightAverage(withoutKind(options));
    case 'grad-norm':
      return gradNorm(withoutKind(options));
    case 'pc-grad':
      return pcGrad({ seed: `${seed}/pc-grad` });
    case 'ca-grad':
      return caGrad(withoutKind(options));
    case 'mgda':
      return mgda(withoutKind(options));
    case 'famo':
      return famo(withoutKind(options));
    case 'auto-lambda':
      return autoLambda({
        ...withoutKind(options),
        hypergradient: options.hypergradient === 'exact' ? exact() : finiteDifference(),
        lookAhead: options.lookAhead === 'adam-w' ? adamWLookAhead() : sgdLookAhead(),
      });
  }
}

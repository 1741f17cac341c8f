import { faceForensics, ffsc, InvalidOptionError, type LabelGraph, parseLabelGraph, parseOptions } from '@sofd/core';
import {
  adaptModelConfig,
  type Checkpoint,
  defineModelConfig,
  type ModelConfig,
  type ModelConfigInput,
  modelPresets,
  trainableSchema,
} from '@sofd/model';
import * as v from 'valibot';
import { exact } from '../hypergradients/exact/exact.js';
import { finiteDifference } from '../hypergradients/finite-difference/finite-difference.js';
import { createSchedule, type Schedule, scheduleSchema } from '../schedule/schedule.js';
import { autoLambda } from '../task-weighting/auto-lambda/auto-lambda.js';
import { equal } from '../task-weighting/equal/equal.js';
import type { TaskWeighting } from '../task-weighting/task-weighting.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const rate = v.pipe(v.number(), v.finite(), v.minValue(0));
const presetNames = Object.keys(modelPresets) as (keyof typeof modelPresets)[];
const graphs = { faceForensics, ffsc } as const;

const weightingSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('equal') }),
  v.strictObject({
    kind: v.literal('auto-lambda'),
    hypergradient: v.optional(v.picklist(['finite-difference', 'exact']), 'finite-difference'),
    learningRate: v.optional(rate, 1e-3),
    initial: v.optional(v.number(), 1),
    primary: v.optional(v.pipe(v.array(v.picklist(['primary', 'global', 'local'])), v.minLength(1)), ['primary']),
  }),
]);

const experimentEntries = v.strictObject({
  /** Names the run in its records. */
  name: v.optional(v.pipe(v.string(), v.nonEmpty()), 'experiment'),
  /** A checkpoint folder whose weights training starts from; the command that loads it says what it took from it. */
  initialCheckpoint: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** A name in `modelPresets`, or a model of your own. Left out: the initial checkpoint's, without one `demo`. */
  model: v.optional(v.union([v.picklist(presetNames), v.record(v.string(), v.unknown())])),
  /** A published label graph, or the definition of your own. Left out: the initial checkpoint's, without one `faceForensics`. */
  graph: v.optional(v.union([v.picklist(['faceForensics', 'ffsc']), v.record(v.string(), v.unknown())])),
  /** Which parameters train: `all`, `head` (a linear probe), `layer-norms`, or `{ lastBlocks: n }`. */
  trainable: v.optional(trainableSchema, 'all'),
  /** Where the data lie and how they are read; the command that loads them checks it. */
  data: v.optional(v.record(v.string(), v.unknown()), {}),
  steps: v.optional(count, 300),
  batchSize: v.optional(count, 32),
  learningRate: v.optional(rate, 1e-3),
  weightDecay: v.optional(rate, 1e-3),
  schedule: v.optional(scheduleSchema, { kind: 'cosine' }),
  weighting: v.optional(weightingSchema, { kind: 'auto-lambda' }),
  /** Steps from one validation to the next. */
  validateEvery: v.optional(count, 25),
  /** Steps from one saved state to the next. */
  saveEvery: v.optional(count, 50),
  seed: v.optional(v.union([v.number(), v.string()]), 0),
});

/** What `sofd train` reads, as a valibot schema. */
export const experimentSchema = v.pipe(
  experimentEntries,
  v.transform((experiment) =>
    experiment.initialCheckpoint === undefined
      ? { ...experiment, model: experiment.model ?? 'demo', graph: experiment.graph ?? 'faceForensics' }
      : experiment,
  ),
);

/** An experiment as it is written down: only what differs from the defaults. */
export type ExperimentInput = v.InferInput<typeof experimentSchema>;
/** An experiment, complete: plain JSON. */
export type Experiment = v.InferOutput<typeof experimentSchema>;

/**
 * Declares an experiment: differences from the defaults, checked whole.
 *
 * @param input - what differs
 * @returns the complete experiment, plain JSON; equal inputs give equal experiments
 * @throws InvalidOptionError with all problems and their paths; unknown keys are problems
 * @example
 * ```ts
 * export const experiment = defineExperiment({ model: 'small', steps: 400, weighting: { kind: 'equal' } });
 * ```
 */
export function defineExperiment(input: ExperimentInput): Experiment {
  return parseOptions(experimentSchema, input, 'defineExperiment');
}

/** What an experiment's names and numbers stand for. */
export interface ResolvedExperiment {
  readonly graph: LabelGraph;
  readonly config: ModelConfig;
  readonly weighting: TaskWeighting;
  readonly schedule: Schedule;
}

function resolveWeighting(options: Experiment['weighting']): TaskWeighting {
  if (options.kind === 'equal') return equal();
  const { hypergradient, learningRate, initial, primary } = options;
  const compute = hypergradient === 'exact' ? exact() : finiteDifference();
  return autoLambda({ hypergradient: compute, learningRate, initial, primary });
}

function resolveGraph(given: Experiment['graph'], checkpoint: InitialCheckpoint | undefined): LabelGraph {
  if (typeof given === 'string') return graphs[given];
  if (given !== undefined) return parseLabelGraph(given, 'experiment graph');
  return checkpoint?.graph ?? faceForensics;
}

function resolveModel(
  model: Experiment['model'],
  graph: LabelGraph,
  checkpoint: InitialCheckpoint | undefined,
): ModelConfig {
  if (model === undefined && checkpoint !== undefined) return adaptModelConfig(checkpoint.config, graph);
  return defineModelConfig(
    typeof model === 'object' ? (model as ModelConfigInput) : modelPresets[model ?? 'demo'],
    graph,
  );
}

/** What an experiment needs to know of the checkpoint that it starts from. */
type InitialCheckpoint = Pick<Checkpoint, 'graph' | 'config'>;

/**
 * Turns the names and numbers of an experiment into what `train` takes.
 *
 * @param experiment - from {@link defineExperiment}
 * @param checkpoint - that of `initialCheckpoint`, where the experiment has one: its model and graph hold unless the
 * experiment has its own
 * @throws InvalidOptionError for a model that is not one, and for a missing checkpoint
 * @throws LabelGraphError for a graph that is not one
 */
export function resolveExperiment(experiment: Experiment, checkpoint?: InitialCheckpoint): ResolvedExperiment {
  const { graph: given, model, initialCheckpoint } = experiment;
  if (initialCheckpoint !== undefined && checkpoint === undefined)
    throw new InvalidOptionError(
      `resolveExperiment: expected the checkpoint ${initialCheckpoint} that the experiment starts from, got none; load it and pass it.`,
    );
  const graph = resolveGraph(given, checkpoint);
  return {
    graph,
    config: resolveModel(model, graph, checkpoint),
    weighting: resolveWeighting(experiment.weighting),
    schedule: createSchedule(experiment.schedule),
  };
}

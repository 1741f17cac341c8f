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
import { createSchedule, type Schedule, scheduleSchema } from '../schedule/schedule.js';
import type { TaskWeighting } from '../task-weighting/task-weighting.js';
import { resolveWeighting, weightingSchema } from './weighting-options.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const rate = v.pipe(v.number(), v.finite(), v.minValue(0));
const name = v.pipe(v.string(), v.nonEmpty());
const presetNames = Object.keys(modelPresets) as (keyof typeof modelPresets)[];
const graphs = { faceForensics, ffsc } as const;

const experimentEntries = v.strictObject({
  /** Names the run in its records. */
  name: v.optional(name, 'experiment'),
  /** A checkpoint folder whose weights training starts from; the command that loads it says what it took from it. */
  initialCheckpoint: v.optional(name),
  /** A name in `modelPresets`, or a model of your own. Left out: the initial checkpoint's, without one `demo`. */
  model: v.optional(v.union([v.picklist(presetNames), v.record(v.string(), v.unknown())])),
  /** A published label graph, or the definition of your own. Left out: the initial checkpoint's, without one `faceForensics`. */
  graph: v.optional(v.union([v.picklist(['faceForensics', 'ffsc']), v.record(v.string(), v.unknown())])),
  /** Which parameters train: `all`, `head` (a linear probe), `layer-norms`, or `{ lastBlocks: n }`. */
  trainable: v.optional(trainableSchema, 'all'),
  /** Where the data lie and how they are read; the command that loads them checks it. */
  data: v.optional(v.record(v.string(), v.unknown()), {}),
  /** Steps of the run; 300 where `epochs` does not say it either. */
  steps: v.optional(count),
  /** Times that the run sees the training set, in place of `steps`. */
  epochs: v.optional(count),
  batchSize: v.optional(count, 32),
  /** Batches whose gradients are averaged in a step. */
  accumulate: v.optional(count, 1),
  learningRate: v.optional(rate, 1e-3),
  weightDecay: v.optional(rate, 1e-3),
  /** The largest norm of a step's gradient; any where left out. */
  clipNorm: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0))),
  /** The part of the weights' running average that a step keeps; where it is given, the average is what is validated and kept. */
  emaDecay: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  schedule: v.optional(scheduleSchema, { kind: 'cosine' }),
  weighting: v.optional(weightingSchema, { kind: 'auto-lambda' }),
  /** Steps from one validation to the next. */
  validateEvery: v.optional(count, 25),
  /** Steps from one saved state to the next. */
  saveEvery: v.optional(count, 50),
  /** The validation metric, more being better, that says which weights are the best and when the run ends early. */
  monitor: v.optional(name, 'auc'),
  /** How many of the best weights are kept beside the last. */
  keepBest: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 1),
  /** Ends the run after `patience` validations in which the metric did not gain more than `minDelta`. */
  earlyStop: v.optional(v.strictObject({ patience: count, minDelta: v.optional(rate, 0) })),
  seed: v.optional(v.union([v.number(), v.string()]), 0),
});

/** What `sofd train` reads, as a valibot schema. */
export const experimentSchema = v.pipe(
  experimentEntries,
  v.check(
    ({ steps, epochs }) => steps === undefined || epochs === undefined,
    'expected steps or epochs, got both: leave one out',
  ),
  v.transform((experiment) =>
    experiment.epochs === undefined ? { ...experiment, steps: experiment.steps ?? 300 } : experiment,
  ),
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

/**
 * The steps of an experiment, which may be written down as epochs.
 *
 * @param experiment - from {@link defineExperiment}
 * @param batchesPerEpoch - of the training data
 * @example
 * ```ts
 * countSteps(defineExperiment({ epochs: 20, accumulate: 2 }), 10); // 100
 * ```
 */
export function countSteps({ steps, epochs, accumulate }: Experiment, batchesPerEpoch: number): number {
  return steps ?? (epochs ?? 1) * Math.max(1, Math.floor(batchesPerEpoch / accumulate));
}

/** What an experiment's names and numbers stand for. */
export interface ResolvedExperiment {
  readonly graph: LabelGraph;
  readonly config: ModelConfig;
  readonly weighting: TaskWeighting;
  readonly schedule: Schedule;
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
    weighting: resolveWeighting(experiment.weighting, experiment.seed),
    schedule: createSchedule(experiment.schedule),
  };
}

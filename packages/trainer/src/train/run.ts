import { type BatchSource, CheckpointFormatError, createRandom, InvalidOptionError } from '@sofd/core';
import {
  createParameters,
  type FlatParameters,
  joinParameters,
  type ModelParameters,
  splitParameters,
  type WeightArrays,
} from '@sofd/model';
import { clone, disposeTree, flattenTree, mapTree, type ParameterTree, readTensor, tensorFrom } from '@sofd/tensor';
import { createAdamW, type Optimizer, type OptimizerState } from '@sofd/tensor/training';
import { taskNames } from '../loss/tasks.js';
import type { RunState } from '../run-state/run-state.js';
import type { TrainOptions } from './train-options.js';
import type { ValidationRecord } from './validations.js';

/** A run between two steps. The tensors are the run's own. */
export interface Run {
  readonly step: number;
  readonly trainable: FlatParameters;
  readonly optimizer: OptimizerState;
  readonly weighting: unknown;
  readonly validations: readonly ValidationRecord[];
}

/** What is validated and returned: the average of the parameters where the run keeps one. */
export const evaluatedParameters = ({ trainable, optimizer }: Run): FlatParameters =>
  (optimizer.ema as FlatParameters | undefined) ?? trainable;

/** What stays the same over a run. */
export interface RunContext {
  readonly options: TrainOptions;
  /** Tensors of the run's own. */
  readonly frozen: FlatParameters;
  readonly optimizer: Optimizer;
}

const toTensors = (arrays: WeightArrays): FlatParameters =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, tensorFrom(data, shape)]));

/** Copies a tree off the device. */
export async function toArrays(tree: ParameterTree): Promise<WeightArrays> {
  const entries = [...flattenTree(tree)].map(async ([name, leaf]) => {
    // A copy, for an engine may hand out its own memory.
    return [name, { shape: leaf.shape, data: Float32Array.from(await readTensor(leaf)) }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Where in its epochs a source stands after a number of batches. */
export const locateBatch = (source: BatchSource, batches: number) => ({
  epoch: Math.floor(batches / source.batchesPerEpoch),
  index: batches % source.batchesPerEpoch,
});

function* findProblems(options: TrainOptions): Generator<string> {
  const { steps, weighting, heldOut, training, resumeFrom, validation } = options;
  const counts = { steps, accumulate: options.accumulate ?? 1 };
  for (const [name, value] of Object.entries(counts))
    if (!(Number.isInteger(value) && value > 0)) yield `expected a positive whole number of ${name}, got ${value}`;
  if (options.clipNorm !== undefined && !(options.clipNorm > 0))
    yield `expected a clipNorm above 0, got ${options.clipNorm}`;
  if (weighting.usesHeldOut && heldOut === undefined)
    yield `expected heldOut, which the weighting ${weighting.name} reads, got none`;
  for (const [name, source] of Object.entries({ training, heldOut }))
    if (source && !(source.batchesPerEpoch > 0)) yield `expected batches in ${name}, got none`;
  for (const [name, value] of Object.entries({ earlyStop: options.earlyStop, keepBest: options.keepBest }))
    if (value && validation === undefined) yield `expected a validation, which ${name} needs, got none`;
  if (resumeFrom && resumeFrom.weighting.name !== weighting.name)
    yield `expected the weighting ${resumeFrom.weighting.name} that the run was started with, got ${weighting.name}`;
}

function assertOptions(options: TrainOptions): void {
  const problems = [...findProblems(options)];
  if (problems.length > 0)
    throw new InvalidOptionError(`train: ${problems.join('; ')}; correct the options.`, { problems });
}

/** The parameters and the optimizer's memory that a state holds, checked against the model. */
function restoreRun(options: TrainOptions, trainable: FlatParameters, state: RunState): Run {
  const names = Object.keys(trainable);
  const fits = (arrays: WeightArrays) =>
    Object.keys(arrays).length === names.length &&
    names.every((name) => arrays[name]?.shape.join() === trainable[name]!.shape.join());
  const { step, m, v, ema } = state.optimizer;
  if (![state.trainable, m, v, ...(ema ? [ema] : [])].every(fits) || !ema !== (options.emaDecay === undefined)) {
    throw new CheckpointFormatError(
      'train: expected the state of a run of this model and emaDecay, got parameters of other names or shapes; resume with the configuration the run was started with.',
    );
  }
  // In the order of the model, which the file does not keep.
  const ordered = (arrays: WeightArrays) => toTensors(Object.fromEntries(names.map((name) => [name, arrays[name]!])));
  return {
    step: state.step,
    trainable: ordered(state.trainable),
    optimizer: { step, m: ordered(m), v: ordered(v), ...(ema ? { ema: ordered(ema) } : {}) },
    weighting: options.weighting.restore(state.weighting.state),
    validations: state.validations,
  };
}

/**
 * The first state of a run, new or resumed.
 *
 * @param options - those of `train`
 */
export function startRun(options: TrainOptions): { readonly context: RunContext; readonly run: Run } {
  assertOptions(options);
  const { config, seed, learningRate, weightDecay = 0, weighting, resumeFrom } = options;
  const optimizer = createAdamW({ learningRate, weightDecay, emaDecay: options.emaDecay });
  // A copy of what trains would be as large as the model: those of the caller are copied once, new ones are taken as they are.
  const given = options.initial;
  const initial = given ?? createParameters(config, createRandom(seed).split('parameters'));
  const parts = splitParameters(config, initial, options.trainable);
  const own = (tree: FlatParameters) => (given ? mapTree(tree, (leaf) => clone(leaf)) : tree);
  const frozen = own(parts.frozen);
  const context = { options, frozen, optimizer };
  if (resumeFrom === undefined) {
    const trainable = own(parts.trainable);
    const run = {
      step: 0,
      trainable,
      optimizer: optimizer.init(trainable),
      weighting: weighting.init(taskNames),
      validations: [],
    };
    return { context, run };
  }
  try {
    return { context, run: restoreRun(options, parts.trainable, resumeFrom) };
  } catch (error) {
    disposeTree(frozen);
    throw error;
  } finally {
    if (!given) disposeTree(parts.trainable);
  }
}

/** The state of a run, off the device. */
export async function captureRun(options: TrainOptions, run: Run): Promise<RunState> {
  const { step, m, v, ema } = run.optimizer;
  return {
    step: run.step,
    trainable: await toArrays(run.trainable),
    optimizer: { step, m: await toArrays(m), v: await toArrays(v), ...(ema ? { ema: await toArrays(ema) } : {}) },
    weighting: { name: options.weighting.name, state: run.weighting },
    validations: run.validations,
  };
}

/** Frees the tensors of a state of the run. */
export function disposeRun({ trainable, optimizer: { m, v, ema = {} } }: Run): void {
  for (const tree of [trainable, m, v, ema]) disposeTree(tree);
}

/** The whole model between two steps, for its frozen parts. */
export const wholeModel = ({ options, frozen }: RunContext, { trainable }: Run): ModelParameters =>
  joinParameters(options.config, frozen, trainable);

/** The whole model at the end of a run, as tensors of its own. */
export function finishRun({ options, frozen }: RunContext, run: Run): ModelParameters {
  return mapTree(joinParameters(options.config, frozen, evaluatedParameters(run)), (leaf) => clone(leaf));
}

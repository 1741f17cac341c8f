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
import type { StepRecord } from './step-record.js';
import type { TrainOptions } from './train-options.js';

/** A run between two steps. The tensors are the run's own. */
export interface Run {
  readonly step: number;
  readonly trainable: FlatParameters;
  readonly optimizer: OptimizerState;
  readonly weighting: unknown;
  /** Of every step so far; grows in place, since a copy a step would be quadratic. */
  readonly history: StepRecord[];
}

/** What stays the same over a run. */
export interface RunContext {
  readonly options: TrainOptions;
  readonly frozen: FlatParameters;
  /** All parameters as they were at the start, for their frozen ones. */
  readonly initial: ModelParameters;
  readonly optimizer: Optimizer;
}

const toTensors = (arrays: WeightArrays): FlatParameters =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, tensorFrom(data, shape)]));

async function toArrays(tree: ParameterTree): Promise<WeightArrays> {
  const entries = [...flattenTree(tree)].map(async ([name, leaf]) => {
    // A copy, for an engine may hand out its own memory.
    return [name, { shape: leaf.shape, data: Float32Array.from(await readTensor(leaf)) }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Where in its epochs a source stands at a step. */
export const locateBatch = (source: BatchSource, step: number) => ({
  epoch: Math.floor(step / source.batchesPerEpoch),
  index: step % source.batchesPerEpoch,
});

function assertOptions({ steps, weighting, heldOut, training, resumeFrom }: TrainOptions): void {
  const problems: string[] = [];
  if (!(Number.isInteger(steps) && steps > 0)) problems.push(`expected a positive whole number of steps, got ${steps}`);
  if (weighting.usesHeldOut && heldOut === undefined) {
    problems.push(`expected heldOut, which the weighting ${weighting.name} reads, got none`);
  }
  for (const [name, source] of Object.entries({ training, heldOut })) {
    if (source && !(source.batchesPerEpoch > 0)) problems.push(`expected batches in ${name}, got none`);
  }
  if (resumeFrom && resumeFrom.weighting.name !== weighting.name) {
    problems.push(
      `expected the weighting ${resumeFrom.weighting.name} that the run was started with, got ${weighting.name}`,
    );
  }
  if (problems.length > 0) {
    throw new InvalidOptionError(`train: ${problems.join('; ')}; correct the options.`, { problems });
  }
}

/** The parameters and the optimizer's memory that a state holds, checked against the model. */
function restoreRun(options: TrainOptions, trainable: FlatParameters, state: RunState): Run {
  const names = Object.keys(trainable);
  const fits = (arrays: WeightArrays) =>
    Object.keys(arrays).length === names.length &&
    names.every((name) => arrays[name]?.shape.join() === trainable[name]!.shape.join());
  const { optimizer } = state;
  if (![state.trainable, optimizer.m, optimizer.v].every(fits)) {
    throw new CheckpointFormatError(
      'train: expected the state of a run of this model, got parameters of other names or shapes; resume with the configuration the run was started with.',
    );
  }
  // In the order of the model, which the file does not keep.
  const ordered = (arrays: WeightArrays) => toTensors(Object.fromEntries(names.map((name) => [name, arrays[name]!])));
  return {
    step: state.step,
    trainable: ordered(state.trainable),
    optimizer: { step: optimizer.step, m: ordered(optimizer.m), v: ordered(optimizer.v) },
    weighting: options.weighting.restore(state.weighting.state),
    history: [...state.history],
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
  const optimizer = createAdamW({ learningRate, weightDecay });
  const initial = options.initial
    ? mapTree(options.initial, (leaf) => clone(leaf))
    : createParameters(config, createRandom(seed).split('parameters'));
  const { trainable, frozen } = splitParameters(config, initial, options.trainable);
  const context = { options, frozen, initial, optimizer };
  if (resumeFrom === undefined) {
    const own = mapTree(trainable, (leaf) => clone(leaf));
    const run = {
      step: 0,
      trainable: own,
      optimizer: optimizer.init(own),
      weighting: weighting.init(taskNames),
      history: [],
    };
    return { context, run };
  }
  try {
    return { context, run: restoreRun(options, trainable, resumeFrom) };
  } catch (error) {
    disposeTree(initial);
    throw error;
  }
}

/** The state of a run, off the device. */
export async function captureRun(options: TrainOptions, run: Run): Promise<RunState> {
  return {
    step: run.step,
    trainable: await toArrays(run.trainable),
    optimizer: { step: run.optimizer.step, m: await toArrays(run.optimizer.m), v: await toArrays(run.optimizer.v) },
    weighting: { name: options.weighting.name, state: run.weighting },
    history: [...run.history],
  };
}

/** Frees the tensors of a state of the run. */
export function disposeRun({ trainable, optimizer }: Run): void {
  for (const tree of [trainable, optimizer.m, optimizer.v]) disposeTree(tree);
}

/** The whole model at the end of a run, as tensors of its own. */
export function finishRun({ options, frozen }: RunContext, { trainable }: Run): ModelParameters {
  return mapTree(joinParameters(options.config, frozen, trainable), (leaf) => clone(leaf));
}

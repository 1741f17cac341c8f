import {
  autoLambda,
  createArraySource,
  equal,
  type RunState,
  type StepRecord,
  type TrainResult,
  train,
} from '@sofd/trainer';
import type { Training } from '../messages.js';
import { type Prepared, seed } from './prepare.js';

/** Rows of a step, and AdamW's learning rate. */
export const settings = { batchSize: 16, learningRate: 1e-4, seed } as const;

/** What a run is told and tells. */
export interface RunOptions extends Training {
  /** Where the run before was stopped. */
  readonly state: RunState | undefined;
  readonly save: (state: RunState) => void;
  readonly onStep: (record: StepRecord) => void;
  readonly signal: AbortSignal;
}

/**
 * Trains from the start, or from a saved state to the same numbers as if it had never been stopped.
 *
 * @throws AbortedError when `signal` stops it; the state was saved before
 */
export function fineTune(
  { checkpoint, params, training, heldOut }: Prepared,
  { weighting, resume, state, ...options }: RunOptions,
): Promise<TrainResult> {
  const { batchSize, learningRate } = settings;
  return train({
    config: checkpoint.config,
    graph: checkpoint.graph,
    initial: params,
    training: createArraySource(training.features, { batchSize, seed, balanced: true }),
    heldOut: createArraySource(heldOut.features, { batchSize, seed, balanced: true }),
    weighting: weighting === 'equal' ? equal() : autoLambda(),
    learningRate,
    seed,
    ...options,
    ...(resume && state ? { resumeFrom: state } : {}),
  });
}

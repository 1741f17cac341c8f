import { wasm } from '@sofd/backend-wasm';
import { AbortedError, CheckpointFormatError } from '@sofd/core';
import { assertNoLeak, countTensors, disposeTree, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { createArraySource } from '../data/array-source.js';
import { exact } from '../hypergradients/exact/exact.js';
import { adamWLookAhead } from '../look-ahead/adam-w/adam-w.js';
import { decodeRunState, encodeRunState, type RunState } from '../run-state/run-state.js';
import { autoLambda } from '../task-weighting/auto-lambda/auto-lambda.js';
import { equal } from '../task-weighting/equal/equal.js';
import { train } from './train.js';
import { base, createSet, features, numbersOf, transformer } from './train-fixtures.js';
import type { TrainOptions } from './train-options.js';

beforeAll(async () => {
  await useBackend(wasm());
});

/** Everything at once that a run can do beside the plain step. */
const complete: TrainOptions = {
  ...base,
  steps: 9,
  accumulate: 2,
  clipNorm: 0.05,
  emaDecay: 0.9,
  weighting: autoLambda({ lookAhead: adamWLookAhead() }),
  validation: {
    set: features(8, 'validation'),
    every: 2,
    evaluate: (logits) => ({ auc: Math.sin(1e3 * logits[0]!) }),
  },
};

describe('a long run', () => {
  it.each([
    ['all options', { ...complete, weighting: autoLambda() }],
    ['a step ahead by AdamW', complete],
    ['exact hypergradients', { ...complete, accumulate: 1, weighting: autoLambda({ hypergradient: exact() }) }],
  ] as const)('holds as many tensors after 200 steps as after one: %s', async (_, options) => {
    const counts: number[] = [];
    const { params } = await train({ ...options, steps: 200, onStep: () => counts.push(countTensors()) });
    disposeTree(params);
    expect(counts).toHaveLength(200);
    expect(new Set(counts).size).toBe(1);
  });
});

describe('a run that is interrupted', () => {
  it.each([
    ['a pooled stem', { ...base, steps: 9 }],
    ['a run with all options', complete],
    [
      'a vision transformer',
      {
        ...base,
        config: transformer,
        steps: 5,
        training: createArraySource(createSet(12, 32 * 32 * 3, 32, 'a'), { batchSize: 4, seed: 1 }),
        heldOut: createArraySource(createSet(12, 32 * 32 * 3, 32, 'b'), { batchSize: 4, seed: 1 }),
      },
    ],
  ] as const)('continues to the same bits: %s', async (_, options) => {
    const whole = await numbersOf(options);
    const controller = new AbortController();
    const states: RunState[] = [];
    const stopped = train({
      ...options,
      signal: controller.signal,
      save: (state) => void states.push(state),
      onStep: ({ step }) => step === 3 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow(AbortedError);
    expect(states.map(({ step }) => step)).toEqual([3]);
    const resumeFrom = decodeRunState(encodeRunState(states[0]!)); // through a file
    const resumed = await numbersOf({ ...options, resumeFrom });
    expect(resumed).toEqual({ ...whole, history: whole.history.slice(3) });
  });

  it('saves every few steps and at the end', async () => {
    const steps: number[] = [];
    await numbersOf({ ...base, steps: 7, saveEvery: 3, save: ({ step }) => void steps.push(step) });
    expect(steps).toEqual([3, 6, 7]);
  });

  it('that already is whole gives its parameters back', async () => {
    const states: RunState[] = [];
    const whole = await numbersOf({ ...base, save: (state) => void states.push(state) });
    expect(await numbersOf({ ...base, resumeFrom: states.at(-1)! })).toEqual({ ...whole, history: [] });
  });

  it('leaves no tensor behind', async () => {
    await assertNoLeak(async () => {
      await expect(train({ ...base, signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
    });
  });

  it('is not continued with another model or weighting', async () => {
    const states: RunState[] = [];
    await numbersOf({ ...base, steps: 1, save: (state) => void states.push(state) });
    const resumeFrom = states[0]!;
    await assertNoLeak(async () => {
      await expect(train({ ...base, config: transformer, resumeFrom })).rejects.toThrow(CheckpointFormatError);
      await expect(train({ ...base, weighting: equal(), resumeFrom })).rejects.toThrow('auto-lambda/finite-difference');
    });
  });
});

import { wasm } from '@sofd/backend-wasm';
import { AbortedError, CheckpointFormatError, NonFiniteLossError } from '@sofd/core';
import { assertNoLeak, disposeTree, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { createArraySource } from '../data/array-source.js';
import { exact } from '../hypergradients/exact/exact.js';
import { adamWLookAhead } from '../look-ahead/adam-w/adam-w.js';
import { taskNames } from '../loss/tasks.js';
import { decodeRunState, encodeRunState, type RunState } from '../run-state/run-state.js';
import { train } from '../train/train.js';
import { base, features, numbersOf, total } from '../train/train-fixtures.js';
import { autoLambda } from './auto-lambda/auto-lambda.js';
import { caGrad } from './ca-grad/ca-grad.js';
import { type Given, withContext } from './context-fixtures.js';
import { dynamicWeightAverage } from './dynamic-weight-average/dynamic-weight-average.js';
import { equal } from './equal/equal.js';
import { famo } from './famo/famo.js';
import { gradNorm } from './grad-norm/grad-norm.js';
import { mgda } from './mgda/mgda.js';
import { pcGrad } from './pc-grad/pc-grad.js';
import { singleTask } from './single-task/single-task.js';
import type { TaskWeighting } from './task-weighting.js';
import { uncertainty } from './uncertainty/uncertainty.js';

// What every rule promises. A new rule is a new line here.
const rules: Record<string, () => TaskWeighting> = {
  equal: () => equal(),
  singleTask: () => singleTask({ task: 'primary' }),
  uncertainty: () => uncertainty(),
  dynamicWeightAverage: () => dynamicWeightAverage(),
  gradNorm: () => gradNorm(),
  pcGrad: () => pcGrad({ seed: 3 }),
  caGrad: () => caGrad(),
  mgda: () => mgda(),
  'mgda, normalized by norm': () => mgda({ normalization: 'l2' }),
  'mgda, normalized by loss and norm': () => mgda({ normalization: 'loss+' }),
  famo: () => famo(),
  'autoLambda, finite difference': () => autoLambda(),
  'autoLambda, exact, looking ahead by AdamW': () =>
    autoLambda({ hypergradient: exact(), lookAhead: adamWLookAhead() }),
};

const usual: Given = {
  losses: [0.4, 0.2, 0.1],
  gradients: [
    [1, -1, 0.5, 0],
    [-0.5, 0.8, 0.1, 0.3],
    [0.2, 0.3, -0.9, 0.1],
  ],
};
const none = [0, 0, 0, 0];
const hard: Record<string, Given> = {
  'zero gradients': { losses: usual.losses, gradients: [none, none, none] },
  'one zero gradient': { losses: usual.losses, gradients: [none, ...usual.gradients.slice(1)] },
  'zero losses': { losses: [0, 0, 0], gradients: usual.gradients },
  'solved tasks': { losses: [-1.0001e-4, -1e-4, -1.1e-4], gradients: [none, none, none] },
  'opposite gradients': {
    losses: usual.losses,
    gradients: [
      [1, 1, 0, 0],
      [-1, -1, 0, 0],
      [1, 1, 0, 0],
    ],
  },
  'gradients of very different lengths': {
    losses: usual.losses,
    gradients: [
      [1e-12, 0, 0, 0],
      [0, 1e3, 1, 0],
      [-1e-6, 0, 0, 1],
    ],
  },
};

/** The states and weights of a few steps, in two epochs. */
async function follow(rule: TaskWeighting, given: Given, steps = 6) {
  const trail: { readonly state: unknown; readonly weights: readonly number[] }[] = [];
  let state: unknown = rule.init(taskNames);
  for (let step = 0; step < steps; step++) {
    state = await withContext({ ...given, step, epoch: step >> 1 }, (context) => rule.update(state, context));
    const weights = rule.weights(state);
    const after = given.losses.map((loss, task) => loss * (0.9 - 0.1 * task));
    state = rule.observe?.(state, { before: given.losses, after }) ?? state;
    trail.push({ state, weights });
  }
  return trail;
}

const freeze = (value: unknown): unknown => {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(Object.freeze(value))) freeze(part);
  return value;
};

beforeAll(async () => {
  await useBackend(wasm());
});

describe.each(Object.entries(rules))('%s', (_, create) => {
  it.each(Object.entries(hard))('gives finite weights from 0: %s', async (_, given) => {
    for (const { weights } of await follow(create(), given)) {
      expect(weights).toHaveLength(taskNames.length);
      expect(weights.every((weight) => Number.isFinite(weight) && weight >= 0)).toBe(true);
      expect(weights.some((weight) => weight > 0)).toBe(true);
    }
  });

  it('keeps a state that survives JSON, and refuses what is none', async () => {
    const rule = create();
    for (const { state } of [{ state: rule.init(taskNames) }, ...(await follow(rule, usual))])
      expect(rule.restore(JSON.parse(JSON.stringify(state)))).toEqual(state);
    const state = rule.init(taskNames) as object;
    const junk = [
      undefined,
      null,
      'x',
      [],
      {},
      { weights: 'x' },
      { ...state, more: 1 },
      { ...state, adam: { values: [1] } },
    ];
    for (const json of junk) expect(() => rule.restore(json)).toThrow(CheckpointFormatError);
  });

  it('gives the same weights again, and the same from a restored state', async () => {
    const first = await follow(create(), usual);
    expect(await follow(create(), usual)).toEqual(first);
    const rule = create();
    const restored = rule.restore(JSON.parse(JSON.stringify(first[3]!.state)));
    const next = await withContext({ ...usual, step: 4, epoch: 2 }, (context) => rule.update(restored, context));
    expect(rule.weights(next)).toEqual(first[4]!.weights);
  });

  it('leaves states as they are, and no tensor behind', async () => {
    const rule = create();
    const state = freeze(rule.init(taskNames));
    const before = JSON.stringify(state);
    await withContext(usual, async (context) => {
      await rule.update(state, context); // what engines keep for ever
      const next = await assertNoLeak(async () => freeze(await rule.update(state, context)));
      rule.observe?.(next, { before: usual.losses, after: [0.3, 0.2, 0.1] });
    });
    expect(JSON.stringify(state)).toBe(before);
  });

  it('trains on a batch without a single fake', async () => {
    const set = features(16, 'all real');
    set.targets.fill(0);
    const training = createArraySource(set, { batchSize: 8, seed: 1 });
    const { history } = await numbersOf({ ...base, training, heldOut: training, weighting: create(), steps: 4 });
    for (const { taskWeights } of history) expect(Object.values(taskWeights).every(Number.isFinite)).toBe(true);
  });

  it('ends a run whose losses are not finite with the error that names the batch', async () => {
    const set = features(8, 'poisoned');
    set.images.fill(Number.NaN);
    const training = createArraySource(set, { batchSize: 8, seed: 1 });
    await assertNoLeak(async () => {
      await expect(train({ ...base, training, weighting: create() })).rejects.toThrow(NonFiniteLossError);
    });
  });

  it('lowers the loss of a small model, and continues to the same bits after a stop', async () => {
    const options = { ...base, steps: 30, learningRate: 1e-2, weighting: create() };
    const whole = await numbersOf(options);
    const [start, end] = [whole.history.slice(0, 4), whole.history.slice(-4)].map((records) =>
      records.reduce(
        (sum, record) => sum + (options.weighting.name.startsWith('single') ? record.losses.primary : total(record)),
        0,
      ),
    );
    expect(end!).toBeLessThan(0.8 * start!);

    const controller = new AbortController();
    const states: RunState[] = [];
    const stopped = train({
      ...options,
      weighting: create(),
      signal: controller.signal,
      save: (state) => void states.push(state),
      onStep: ({ step }) => step === 13 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow(AbortedError);
    const resumeFrom = decodeRunState(encodeRunState(states.at(-1)!));
    const resumed = await numbersOf({ ...options, weighting: create(), resumeFrom });
    expect(resumed).toEqual({ ...whole, history: whole.history.slice(13) });
  });

  it('leaves no tensor of a run behind, with accumulation', async () => {
    const options = { ...base, steps: 2, accumulate: 2, weighting: create() };
    await assertNoLeak(async () => disposeTree((await train(options)).params));
  });
});

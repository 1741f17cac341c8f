import { wasm } from '@sofd/backend-wasm';
import { mul, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { createArraySource } from '../data/array-source.js';
import { computeTaskLosses, type TaskLosses } from '../loss/fidelity-loss.js';
import type { RunState } from '../run-state/run-state.js';
import { equal } from '../task-weighting/equal/equal.js';
import { base, features, lastState, numbersOf, total } from './train-fixtures.js';
import type { BestParameters, TrainOptions } from './train-options.js';
import { rankValidations } from './validations.js';

beforeAll(async () => {
  await useBackend(wasm());
});

describe('a step', () => {
  it('of two batches equals one of both', async () => {
    const set = features(32, 'training');
    const rows = (batchSize: number) => createArraySource(set, { batchSize, seed: 1 });
    const whole = await numbersOf({ ...base, training: rows(16), weighting: equal(), steps: 4 });
    const parts = await numbersOf({ ...base, training: rows(8), weighting: equal(), steps: 4, accumulate: 2 });
    for (const [step, { losses, epoch }] of whole.history.entries()) {
      expect(parts.history[step]!.epoch).toBe(epoch);
      expect(total(parts.history[step]!)).toBeCloseTo(losses.primary + losses.global + losses.local, 5);
    }
  });

  it('is as long as clipNorm allows', async () => {
    const wide = await numbersOf({ ...base, clipNorm: 1e9 });
    expect(wide.values).toEqual((await numbersOf(base)).values);
    const { history } = wide;
    expect(history.every(({ gradientNorm }) => gradientNorm! > 0)).toBe(true);
    const narrow = await numbersOf({ ...base, clipNorm: history[0]!.gradientNorm! / 2 });
    expect(narrow.history[0]).toEqual(history[0]);
    expect(narrow.values).not.toEqual(wide.values);
  });

  it('may average the parameters, which then are what is returned', async () => {
    const states: RunState[] = [];
    const save = (state: RunState) => void states.push(state);
    const { values } = await numbersOf({ ...base, emaDecay: 0.5, save });
    const { trainable, optimizer } = states.at(-1)!;
    const [name, { data }] = Object.entries(optimizer.ema!)[0]!;
    expect(values[name]).toEqual(data);
    expect(values[name]).not.toEqual(trainable[name]!.data);
    expect(trainable).toEqual((await lastState(base)).trainable);
  });

  it('takes a loss of the caller', async () => {
    const loss: TaskLosses = (graph, predicted, targets) => mul(computeTaskLosses(graph, predicted, targets), 2);
    const [twice, once] = [await numbersOf({ ...base, loss, steps: 1 }), await numbersOf({ ...base, steps: 1 })];
    expect(total(twice.history[0]!)).toBeCloseTo(2 * total(once.history[0]!), 6);
  });
});

describe('a run that is validated', () => {
  const scores = [0.5, 0.7, 0.6, 0.7, 0.65, 0.9];
  const validated = (onEvaluate: () => void = () => undefined): TrainOptions => {
    let next = 0;
    const evaluate = () => {
      onEvaluate();
      return { auc: scores[next++ % scores.length]! };
    };
    return { ...base, validation: { set: features(8, 'validation'), every: 1, evaluate } };
  };

  it('ends early after validations that improve nothing', async () => {
    const { step, ended, validations } = await numbersOf({ ...validated(), earlyStop: { patience: 3 } });
    expect({ step, ended }).toEqual({ step: 5, ended: 'early' });
    expect(validations.map(({ metrics }) => metrics.auc)).toEqual(scores.slice(0, 5));
    const patient = await numbersOf({ ...validated(), earlyStop: { patience: 4, minDelta: 0.1 } });
    expect(patient.ended).toBe('steps');
  });

  it('that ended early stays ended when it is resumed', async () => {
    const options = { ...validated(), earlyStop: { patience: 3 } };
    const resumeFrom = await lastState(options);
    expect(await numbersOf({ ...options, resumeFrom })).toMatchObject({ step: 5, ended: 'early', history: [] });
  });

  it('gives its best parameters as they come', async () => {
    const best: BestParameters[] = [];
    await numbersOf({ ...validated(), keepBest: 2, saveBest: (given) => void best.push(given) });
    expect(best.map(({ validation }) => validation.step)).toEqual([1, 2, 3, 4, 6]);
    expect(best.at(-1)!.trainable).toEqual((await lastState(base)).trainable);
    expect(
      rankValidations(
        best.map(({ validation }) => validation),
        'auc',
      ).map(({ step }) => step),
    ).toEqual([6, 2, 4, 3, 1]);
  });
});

import { wasm } from '@sofd/backend-wasm';
import { type BatchSource, createRandom, InvalidOptionError, NonFiniteLossError, ShapeMismatchError } from '@sofd/core';
import { createParameters } from '@sofd/model';
import { assertNoLeak, countTensors, disposeTree, flattenTree, readTensor, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { createArraySource } from '../data/array-source.js';
import { exact } from '../hypergradients/exact/exact.js';
import type { RunState } from '../run-state/run-state.js';
import { autoLambda } from '../task-weighting/auto-lambda/auto-lambda.js';
import { equal } from '../task-weighting/equal/equal.js';
import type { StepRecord } from './step-record.js';
import { train } from './train.js';
import { base, createSet, features, labels, numbersOf, stem, total, transformer } from './train-fixtures.js';

beforeAll(async () => {
  await useBackend(wasm());
});

describe('train', () => {
  it('lowers all losses and moves the task weights on data that can be separated', async () => {
    const { history, taskWeights } = await numbersOf({ ...base, steps: 80, learningRate: 1e-2 });
    const [start, end] = [history.slice(0, 4), history.slice(-4)].map((records) =>
      records.reduce((sum, record) => sum + total(record) / 4, 0),
    );
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
    expect(end!).toBeLessThan(start! / 2);
    // Adam moves a weight by up to 1e-3 a step; one whose gradient keeps its sign goes far.
    expect(Math.max(...Object.values(taskWeights).map((weight) => Math.abs(weight - 1)))).toBeGreaterThan(0.01);
    expect(history.at(-1)!.taskWeights).toEqual(taskWeights);
  });

  it.each([
    ['finite differences', autoLambda()],
    ['exact hypergradients', autoLambda({ hypergradient: exact() })],
    ['equal weights', equal()],
  ])('leaves no tensor behind: %s', async (_, weighting) => {
    await train({ ...base, steps: 1, weighting }).then(({ params }) => disposeTree(params)); // what engines keep for ever
    await assertNoLeak(async () => {
      const { params } = await train({ ...base, weighting });
      disposeTree(params);
    });
  });

  it('trains a vision transformer on images, and leaves no tensor behind', async () => {
    const pixels = 32 * 32 * 3;
    const source = createArraySource(createSet(16, pixels, 32, 'images'), { batchSize: 8, seed: 1 });
    await assertNoLeak(async () => {
      const { params, history } = await train({
        ...base,
        config: transformer,
        training: source,
        heldOut: source,
        steps: 12,
      });
      disposeTree(params);
      expect(total(history.at(-1)!)).toBeLessThan(total(history[0]!));
    });
  });

  it('reads images where a stem is frozen, and gives the numbers that features give', async () => {
    const images = createSet(8, 8 * 8 * 3, 8, 'images');
    const source = createArraySource(images, { batchSize: 8, seed: 1 });
    const { history } = await numbersOf({ ...base, training: source, weighting: equal(), steps: 2 });
    expect(history.every((record) => Number.isFinite(total(record)))).toBe(true);
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const [first, again, other] = [await numbersOf(base), await numbersOf(base), await numbersOf({ ...base, seed: 6 })];
    expect(again).toEqual(first);
    expect(other.values).not.toEqual(first.values);
  });

  it('leaves the initial parameters to their owner and does not change frozen ones', async () => {
    const initial = createParameters(stem, createRandom('initial'));
    const before = countTensors();
    const { params } = await train({ ...base, initial });
    const [was, is] = [flattenTree(initial), flattenTree(params)];
    for (const [name, leaf] of was) {
      const [a, b] = [await readTensor(leaf), await readTensor(is.get(name)!)];
      if (/stem|standard/.test(name)) expect(b).toEqual(a);
      else expect(b).not.toEqual(a);
    }
    disposeTree(params);
    expect(countTensors()).toBe(before);
    disposeTree(initial);
  });

  it('trains only what it is told to, from the same start', async () => {
    const source = createArraySource(createSet(8, 32 * 32 * 3, 32, 'images'), { batchSize: 8, seed: 1 });
    const initial = createParameters(transformer, createRandom('initial'));
    const options = { ...base, config: transformer, training: source, heldOut: source, steps: 2, initial };
    const { values } = await numbersOf({ ...options, trainable: 'layer-norms' });
    for (const [name, leaf] of flattenTree(initial)) {
      const start = Float32Array.from(await readTensor(leaf));
      if (/norm|\.projection$/.test(name)) expect(values[name], name).not.toEqual(start);
      else expect(values[name], name).toEqual(start);
    }
    disposeTree(initial);
  });

  it('reports every step, and the validation where there is one', async () => {
    const seen: StepRecord[] = [];
    const set = features(70, 'validation');
    const { history } = await numbersOf({
      ...base,
      steps: 5,
      onStep: (record) => seen.push(record),
      validation: {
        set,
        every: 2,
        evaluate: (logits, rows) => {
          expect(rows).toBe(set);
          expect(logits.length).toBe(70 * labels);
          return { auc: logits[0]! };
        },
      },
    });
    expect(seen).toEqual(history);
    expect(seen.map(({ validation }) => validation !== undefined)).toEqual([false, true, false, true, true]);
    expect(seen[0]!.learningRate).toBe(3e-3);
    expect(seen[4]!.learningRate).toBeLessThan(seen[3]!.learningRate);
  });
});

describe('a validation that fails', () => {
  it('ends the run with its own error and leaves no tensor behind', async () => {
    const validation = {
      set: features(8, 'validation'),
      every: 2,
      evaluate: () => {
        throw new RangeError('no such metric');
      },
    };
    await assertNoLeak(async () => {
      await expect(train({ ...base, validation })).rejects.toThrow('no such metric');
    });
  });
});

describe('train refuses', () => {
  const poisoned = (source: BatchSource): BatchSource => ({
    ...source,
    batch: async (epoch, index) => {
      const batch = await source.batch(epoch, index);
      if (index === 2) batch.images[0] = Number.NaN;
      return batch;
    },
  });

  it.each([autoLambda(), equal()])(
    'a loss that is not finite, naming the batch, with the last good state saved',
    async (weighting) => {
      const states: RunState[] = [];
      const training = poisoned(base.training);
      const { ids } = await base.training.batch(0, 2);
      await assertNoLeak(async () => {
        const failing = train({ ...base, training, weighting, save: (state) => void states.push(state) });
        await expect(failing).rejects.toThrow(NonFiniteLossError);
        await expect(train({ ...base, training, weighting })).rejects.toThrow(ids[3]!);
      });
      expect(states.map(({ step }) => step)).toEqual([2]);
      for (const { data } of Object.values(states[0]!.trainable)) expect(data.every(Number.isFinite)).toBe(true);
    },
  );

  it('options that do not fit together, all at once', async () => {
    const { heldOut, ...rest } = base;
    const wrong = train({ ...rest, steps: 0 });
    await expect(wrong).rejects.toThrow(InvalidOptionError);
    await expect(train({ ...rest, steps: 0, clipNorm: 0, accumulate: 0.5, keepBest: 1 })).rejects.toThrow(
      /steps.*accumulate.*clipNorm.*heldOut.*keepBest/,
    );
  });

  it('batches that were made for another model', async () => {
    const training = createArraySource(createSet(8, 16 * 16 * 3, 16, 'x'), { batchSize: 4, seed: 1 });
    await assertNoLeak(async () => {
      await expect(train({ ...base, training })).rejects.toThrow(ShapeMismatchError);
    });
  });
});

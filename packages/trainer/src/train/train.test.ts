import { wasm } from '@sofd/backend-wasm';
import {
  AbortedError,
  type Batch,
  type BatchSource,
  CheckpointFormatError,
  createRandom,
  encodeTargets,
  faceForensics,
  faceForensicsAnnotations,
  InvalidOptionError,
  NonFiniteLossError,
  ShapeMismatchError,
} from '@sofd/core';
import { createParameters, defineModelConfig, modelPresets } from '@sofd/model';
import { assertNoLeak, countTensors, disposeTree, flattenTree, readTensor, useBackend } from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { createArraySource } from '../data/array-source.js';
import { exact } from '../hypergradients/exact/exact.js';
import { decodeRunState, encodeRunState, type RunState } from '../run-state/run-state.js';
import { createSchedule } from '../schedule/schedule.js';
import { autoLambda } from '../task-weighting/auto-lambda/auto-lambda.js';
import { equal } from '../task-weighting/equal/equal.js';
import type { StepRecord } from './step-record.js';
import { train } from './train.js';
import type { TrainOptions } from './train-options.js';

const graph = faceForensics;
const labels = graph.labels.length;
const stem = defineModelConfig(
  {
    embedDim: 8,
    vision: {
      kind: 'pooled-stem',
      imageSize: 8,
      firstChannels: 2,
      blocks: [{ channels: 6, stride: 1 }],
      pooledBlocks: [1],
    },
    text: { width: 16, depth: 1 },
  },
  graph,
);
const transformer = defineModelConfig(modelPresets.tiny, graph);

const kinds = ['real', 'Deepfakes', 'Face2Face', 'expansion:nose'] as const;

/** Rows whose kind shows in the first numbers: a model that learns must separate them. */
function createSet(size: number, width: number, imageSize: number, seed: string): Batch {
  const random = createRandom(seed);
  const images = new Float32Array(size * width);
  const targets = new Float32Array(size * labels);
  for (let row = 0; row < size; row++) {
    const kind = row % kinds.length;
    for (let i = 0; i < width; i++) images[row * width + i] = random.normal(i % kinds.length === kind ? 1 : 0, 0.5);
    targets.set(encodeTargets(graph, faceForensicsAnnotations.training[kinds[kind]!]), row * labels);
  }
  return { images, targets, size, imageSize, ids: Array.from({ length: size }, (_, row) => `${seed}/${row}`) };
}

const features = (size: number, seed: string) => createSet(size, 12, 0, seed);

const base: TrainOptions = {
  config: stem,
  graph,
  training: createArraySource(features(32, 'training'), { batchSize: 8, seed: 1 }),
  heldOut: createArraySource(features(16, 'held out'), { batchSize: 8, seed: 2 }),
  steps: 6,
  learningRate: 3e-3,
  weightDecay: 1e-3,
  weighting: autoLambda(),
  schedule: createSchedule({ kind: 'cosine' }),
  seed: 5,
};

/** The bits of all parameters, and the history. */
async function numbersOf(options: TrainOptions) {
  const { params, history, taskWeights } = await train(options);
  const values: Record<string, Float32Array> = {};
  for (const [name, leaf] of flattenTree(params)) values[name] = (await readTensor(leaf)).slice();
  disposeTree(params);
  return { values, history, taskWeights };
}

const total = ({ losses }: StepRecord) => losses.primary + losses.global + losses.local;

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
          return logits[0]!;
        },
      },
    });
    expect(seen).toEqual(history);
    expect(seen.map(({ validationAuc }) => validationAuc !== undefined)).toEqual([false, true, false, true, true]);
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

describe('a run that is interrupted', () => {
  it.each([
    ['a pooled stem', { ...base, steps: 9 }],
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
    expect(resumed).toEqual(whole);
  });

  it('saves every few steps and at the end', async () => {
    const steps: number[] = [];
    await numbersOf({ ...base, steps: 7, saveEvery: 3, save: ({ step }) => void steps.push(step) });
    expect(steps).toEqual([3, 6, 7]);
  });

  it('that already is whole gives its parameters back', async () => {
    const states: RunState[] = [];
    const whole = await numbersOf({ ...base, save: (state) => void states.push(state) });
    expect(await numbersOf({ ...base, resumeFrom: states.at(-1)! })).toEqual(whole);
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
    await expect(train({ ...rest, steps: 0 })).rejects.toThrow(/steps.*heldOut/);
  });

  it('batches that were made for another model', async () => {
    const training = createArraySource(createSet(8, 16 * 16 * 3, 16, 'x'), { batchSize: 4, seed: 1 });
    await assertNoLeak(async () => {
      await expect(train({ ...base, training })).rejects.toThrow(ShapeMismatchError);
    });
  });
});

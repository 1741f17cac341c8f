import { type Batch, createRandom, encodeTargets, faceForensics, faceForensicsAnnotations } from '@sofd/core';
import { defineModelConfig, modelPresets } from '@sofd/model';
import { disposeTree, flattenTree, readTensor } from '@sofd/tensor';
import { createArraySource } from '../data/array-source.js';
import type { RunState } from '../run-state/run-state.js';
import { createSchedule } from '../schedule/schedule.js';
import { autoLambda } from '../task-weighting/auto-lambda/auto-lambda.js';
import type { StepRecord } from './step-record.js';
import { train } from './train.js';
import type { TrainOptions } from './train-options.js';

// What the tests of `train` share: a small model of each kind, and rows that can be told apart.

const graph = faceForensics;
/** How many labels the graph has. */
export const labels = graph.labels.length;
/** A model with a frozen stem. */
export const stem = defineModelConfig(
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
/** A small vision transformer. */
export const transformer = defineModelConfig(modelPresets.tiny, graph);

const kinds = ['real', 'Deepfakes', 'Face2Face', 'expansion:nose'] as const;

/** Rows whose kind shows in the first numbers: a model that learns must separate them. */
export function createSet(size: number, width: number, imageSize: number, seed: string): Batch {
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

/** Rows of features for the stem. */
export const features = (size: number, seed: string) => createSet(size, 12, 0, seed);

/** A short run. */
export const base: TrainOptions = {
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
export async function numbersOf(options: TrainOptions) {
  const { params, ...rest } = await train(options);
  const values: Record<string, Float32Array> = {};
  for (const [name, leaf] of flattenTree(params)) values[name] = (await readTensor(leaf)).slice();
  disposeTree(params);
  return { values, ...rest };
}

/** The state that a run saved last. */
export async function lastState(options: TrainOptions): Promise<RunState> {
  const states: RunState[] = [];
  await numbersOf({ ...options, save: (state) => void states.push(state) });
  return states.at(-1)!;
}

/** The sum of the losses of a step. */
export const total = ({ losses }: StepRecord): number => losses.primary + losses.global + losses.local;

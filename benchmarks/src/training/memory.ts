import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { native, tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { type Batch, createRandom, encodeTargets, faceForensics, faceForensicsAnnotations } from '@sofd/core';
import { defineModelConfig, modelPresets } from '@sofd/model';
import { countTensors, disposeTree, useBackend } from '@sofd/tensor';
import { autoLambda, createArraySource, createSchedule, prefetchBatches, train } from '@sofd/trainer';
import { summarize } from '../measure/statistics.js';
import type { EngineName } from './training-rows.js';

const engines = { native, wasm, tensorflow };
/** The run is compared with itself from this step on: earlier ones still compile. */
const settledStep = 50;
const sampleEvery = 10;
/** Of so many samples at either end the median counts: what is resident differs by some MiB from one step to the next. */
const samplesAtEnds = 10;
/** The part by which memory may grow from one end to the other. */
const growthAllowed = 0.02;
const config = defineModelConfig(modelPresets.tiny, faceForensics);

interface Sample {
  readonly step: number;
  readonly tensors: number;
  /** MiB, after everything that is not used was collected. */
  readonly heap: number;
  readonly resident: number;
}

/** Rows of noise. */
function createSet(size: number, seed: string): Batch {
  const random = createRandom(seed);
  const { imageSize } = config.vision;
  const annotations = Object.values(faceForensicsAnnotations.training);
  const rows = Array.from({ length: size }, (_, row) => annotations[row % annotations.length]!);
  return {
    images: Float32Array.from({ length: size * imageSize ** 2 * 3 }, () => random.normal()),
    targets: Float32Array.from(rows.flatMap((attributes) => [...encodeTargets(faceForensics, attributes)])),
    ...{ size, imageSize, ids: rows.map((_, row) => `${seed}/${row}`) },
  };
}

/**
 * Has the heap hold what the program keeps and nothing else: a collector at hand, and no optimised code, which comes with
 * time and lies there too.
 */
function createCollector(): () => void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--no-opt');
  return runInNewContext('gc') as () => void;
}

/** A run with every option of `train` in use. `onStep` is told of every step. */
async function trainWithEverything(steps: number, onStep: (step: number) => void): Promise<void> {
  const source = (seed: string) =>
    prefetchBatches(createArraySource(createSet(32, seed), { batchSize: 4, seed: 1, balanced: true }));
  const set = createSet(8, 'validation');
  const keepNothing = async () => undefined;
  const { params } = await train({
    ...{ config, graph: faceForensics, training: source('training'), heldOut: source('held out'), steps, seed: 1 },
    ...{ learningRate: 1e-4, weightDecay: 1e-3, accumulate: 2, clipNorm: 1, emaDecay: 0.99 },
    ...{ weighting: autoLambda(), schedule: createSchedule({ kind: 'cosine' }), trainable: { lastBlocks: 1 } },
    validation: { set, every: 10, evaluate: (logits) => ({ auc: logits[0]! }) },
    ...{ earlyStop: { patience: steps }, keepBest: 2, saveBest: keepNothing, saveEvery: 25, save: keepNothing },
    onStep: ({ step }) => onStep(step),
  });
  disposeTree(params);
}

/**
 * Trains a small model for many steps with every option on, and prints what stays behind.
 *
 * @param options - the engine, and how many steps
 * @param log - is told the figures
 * @returns whether no tensor stayed, and neither heap nor memory grew by more than 2 % after the first 50 steps
 */
export async function measureMemory(
  { engine, steps }: { readonly engine: EngineName; readonly steps: number },
  log: (line: string) => void,
): Promise<boolean> {
  const collect = createCollector();
  const { device } = await useBackend(engines[engine]());
  log(`${device}, Node ${process.versions.node}, ${steps} steps`);
  const before = countTensors();
  const counts = new Set<number>();
  const samples: Sample[] = [];
  await trainWithEverything(steps, (step) => {
    // The first step gives AdamW's means their own memory.
    if (step > 1) counts.add(countTensors());
    if (step % sampleEvery !== 0) return;
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    const sample = { step, tensors: countTensors(), heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 };
    samples.push(sample);
    if (step % (5 * sampleEvery) === 0)
      log(
        `step ${step}: ${sample.tensors} tensors, heap ${sample.heap.toFixed(2)} MiB, resident ${sample.resident.toFixed(1)} MiB`,
      );
  });
  const left = countTensors() - before;
  const settled = samples.filter(({ step }) => step >= settledStep);
  const growth = (['heap', 'resident'] as const).map((name) => {
    const [first, last] = [settled.slice(0, samplesAtEnds), settled.slice(-samplesAtEnds)].map(
      (end) => summarize(end.map((sample) => sample[name])).median,
    ) as [number, number];
    return last / first - 1;
  });
  const leaked = Math.max(...counts) - Math.min(...counts);
  const [heap, resident] = growth.map((part) => `${(100 * part).toFixed(2)} %`);
  log(`tensors: ${leaked} more or fewer between any two steps, ${left} left after the run`);
  log(
    `from the first ${samplesAtEnds} samples since step ${settledStep} to the last ${samplesAtEnds}: heap ${heap}, resident ${resident}; allowed ${100 * growthAllowed} %`,
  );
  return leaked === 0 && left === 0 && growth.every((part) => part <= growthAllowed);
}

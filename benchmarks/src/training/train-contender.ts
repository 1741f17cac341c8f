// A model that `train` trains, a step when it is asked for one: `node train-contender.js native`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { native, tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { type BatchSource, faceForensics } from '@sofd/core';
import { deriveClipTokenizer } from '@sofd/model';
import { loadClip } from '@sofd/model/convert';
import { openWeights } from '@sofd/model/node';
import { disposeTree, useBackend } from '@sofd/tensor';
import { equal, type TaskWeighting, train } from '@sofd/trainer';
import { profileKernels } from '../contenders/profile-kernels.js';
import { peakMemoryOfThisProcess, serveContender } from '../contenders/serve-contender.js';
import { createStepGate } from './step-gate.js';
import { createStopwatch } from './stopwatch.js';
import type { StepNumbers, TrainingAnswer, TrainingProfile, TrainingTask } from './training-task.js';
import { type Watch, watchedAutoLambda } from './watched-auto-lambda.js';

const engines = {
  native: (threads: number) => native({ threads }),
  wasm: (threads: number) => wasm({ threads }),
  tensorflow: (threads: number) => tensorflow({ threads }),
};
const engine = engines[process.argv[2] as keyof typeof engines];
const gate = createStepGate();
const stopwatch = createStopwatch();
let tfjsBackend: string;
let latest: StepNumbers;

async function readFloats(folder: string, name: string): Promise<Float32Array> {
  const bytes = await readFile(join(folder, name));
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** The folder's batches of even places to train with, those of odd places held out, each when the gate lets it in. */
async function loadSources({ folder, batch: size }: TrainingTask, imageSize: number) {
  const [images, targets] = await Promise.all([readFloats(folder, 'images.f32'), readFloats(folder, 'targets.f32')]);
  const [pixels, labels] = [imageSize ** 2 * 3, faceForensics.labels.length];
  const count = images.length / pixels / size;
  const take = (values: Float32Array, place: number, width: number) =>
    values.slice(place * size * width, (place + 1) * size * width);
  const select = (parity: 0 | 1): BatchSource => ({
    batchesPerEpoch: count / 2,
    async batch(_, index) {
      if (parity === 0) await gate.enter();
      const place = 2 * index + parity;
      const ids = Array.from({ length: size }, (_, row) => `${place}/${row}`);
      return { images: take(images, place, pixels), targets: take(targets, place, labels), size, imageSize, ids };
    },
  });
  return { training: select(0), heldOut: select(1) };
}

function watchedEqual({ mark }: Pick<Watch, 'mark'>): TaskWeighting<unknown> {
  const rule = equal() as TaskWeighting<unknown>;
  return {
    ...rule,
    update(state, context) {
      mark('batches and forward');
      return rule.update(state, context);
    },
  };
}

async function startTraining(task: TrainingTask): Promise<void> {
  const tokenizer = deriveClipTokenizer(faceForensics.prompts);
  const weights = await openWeights(join(task.folder, 'weights.pt'));
  const { config, params: initial } = await loadClip(weights.file, faceForensics, { tokenizer });
  await weights.close();
  let outer: Partial<StepNumbers> = {};
  const watch: Watch = {
    mark: stopwatch.mark,
    note(numbers) {
      outer = numbers;
    },
  };
  const sources = await loadSources(task, config.vision.imageSize);
  const { learningRate, weightDecay, taskWeights } = task.rates;
  const weighting =
    task.kind === 'plain' ? watchedEqual(watch) : watchedAutoLambda({ learningRate: taskWeights }, watch);
  const run = train({
    ...{ config, graph: faceForensics, ...sources, initial, learningRate, weightDecay, weighting },
    ...{ seed: 'benchmarks', steps: Number.MAX_SAFE_INTEGER },
    onStep({ losses, taskWeights }) {
      stopwatch.mark('backward and AdamW');
      latest = { ...outer, losses: Object.values(losses), taskWeights: Object.values(taskWeights) };
      gate.leave();
    },
  });
  run.catch(gate.fail);
  // The run has a copy.
  disposeTree(initial);
}

async function step(): Promise<void> {
  stopwatch.start();
  await gate.pass();
}

await serveContender<TrainingTask, TrainingAnswer, TrainingProfile>({
  async prepare(task) {
    const active = await useBackend(engine(task.threads));
    tfjsBackend = active.tfjsBackend;
    await startTraining(task);
    const answer: StepNumbers[] = [];
    for (let done = 0; done < task.answerSteps; done++) {
      await step();
      answer.push(latest);
    }
    stopwatch.reset();
    return { description: `${active.device}, Node ${process.versions.node}`, answer };
  },
  async run(iterations) {
    const times: number[] = [];
    for (let done = 0; done < iterations; done++) {
      const before = process.cpuUsage();
      await step();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    return times;
  },
  peakMemory: peakMemoryOfThisProcess,
  async profile(iterations) {
    // Of the runs so far, which had no clocks around their kernels.
    const phases = stopwatch.read();
    return { ...(await profileKernels(tfjsBackend, step, iterations)), phases };
  },
});
// Worker threads of an engine would keep the process alive.
process.exit(0);

import { createRandom } from '@sofd/core';
import { createParameters, encodeFeatures, type ModelParameters } from '@sofd/model';
import {
  concat,
  decodeSafetensors,
  disposeTree,
  flattenTree,
  freezeParameters,
  logSoftmax,
  mapTree,
  mean,
  mul,
  neg,
  type ParameterTree,
  readTensor,
  reshape,
  type SafetensorsTensor,
  slice,
  sum,
  type Tensor,
  tensorFrom,
  tidy,
} from '@sofd/tensor';
import { createAdamW, type OptimizerState, valueAndGradients } from '@sofd/tensor/training';
import { modelConfigOf, type VitShape } from './vit-shape.js';
import { constants, type Work } from './work.js';

const { rates, answerSteps, answerStride, gradientFactor } = constants;

/** A work on the active engine, ready to be run many times. */
export interface RunningWork {
  /** What comes out of the first run or runs, to be compared with that of other contenders. */
  readonly answer: readonly number[];
  /** One run, to its end on the device. */
  run(): Promise<void>;
}

/**
 * Builds a work on the active engine, and computes its answer.
 *
 * @param work - what to do.
 * @param files - the bytes of the files of parameters and images; see `provideInputs`.
 */
export function startWork(
  work: Work,
  files: { readonly weights: Uint8Array; readonly images: Uint8Array },
): Promise<RunningWork> {
  const tensors = { ...decodeSafetensors(files.weights).tensors, ...decodeSafetensors(files.images).tensors };
  switch (work.kind) {
    case 'forward':
      return startForward(work, tensors);
    case 'training step':
      return startTrainingStep(work, tensors);
    case 'AdamW':
      return startAdamW(work, tensors);
  }
}

type Tensors = Readonly<Record<string, SafetensorsTensor>>;

function loadModel(shape: VitShape, tensors: Tensors): ModelParameters {
  const weights = Object.entries(tensors).filter(([name]) => name !== 'images');
  return createParameters(modelConfigOf(shape), createRandom('benchmarks'), {
    weights: Object.fromEntries(
      weights.map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array }]),
    ),
  });
}

function loadImages(batch: number, tensors: Tensors): Tensor {
  const { shape, data } = tensors.images!;
  const [, ...rest] = shape;
  const size = rest.reduce((product, extent) => product * extent, 1);
  return tensorFrom((data as Float32Array).slice(0, batch * size), [batch, ...rest]); // [batch, imageSize, imageSize, 3]
}

async function startForward(
  { shape, batch }: Extract<Work, { kind: 'forward' }>,
  tensors: Tensors,
): Promise<RunningWork> {
  const config = modelConfigOf(shape);
  const params = loadModel(shape, tensors);
  freezeParameters(params);
  const images = loadImages(batch, tensors);
  const compute = async () => {
    const embeddings = tidy(() => encodeFeatures(config, params, images)); // [batch, embedDim]
    const values = await readTensor(embeddings);
    embeddings.dispose();
    return values;
  };
  return {
    answer: [...(await compute())],
    async run() {
      await compute();
    },
  };
}

/** Image i is of class i mod classes. */
function createTargets(batch: number, classes: number): Tensor {
  const targets = new Float32Array(batch * classes);
  for (let row = 0; row < batch; row += 1) targets[row * classes + (row % classes)] = 1;
  return tensorFrom(targets, [batch, classes]);
}

async function startTrainingStep(
  { shape, batch }: Extract<Work, { kind: 'training step' }>,
  tensors: Tensors,
): Promise<RunningWork> {
  const config = modelConfigOf(shape);
  const model = loadModel(shape, tensors);
  const images = loadImages(batch, tensors);
  const targets = createTargets(batch, shape.embedDim);
  const optimizer = createAdamW(rates);
  let params: ParameterTree = model.vision;
  let state: OptimizerState = optimizer.init(params);
  const loss = (vision: ParameterTree) => {
    const logits = encodeFeatures(config, { ...model, vision }, images); // [batch, classes]
    return mean(neg(sum(mul(targets, logSoftmax(logits)), -1)));
  };
  const step = async () => {
    const { value, gradients } = valueAndGradients(loss, params);
    ({ params, state } = optimizer.update(params, gradients, state, { donate: true }));
    disposeTree(gradients);
    const [lossBefore = Number.NaN] = await readTensor(value);
    value.dispose();
    // On engines that compute in the background the update would otherwise run on into the next contender's turn.
    await readLast(params);
    return lossBefore;
  };
  const answer: number[] = [];
  for (let i = 0; i < answerSteps; i += 1) answer.push(await step());
  return {
    answer,
    async run() {
      await step();
    },
  };
}

/** In an order that other languages have too. */
const leavesByName = (tree: ParameterTree): Tensor[] =>
  [...flattenTree(tree)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, leaf]) => leaf);

/** Waits until the last tensor of a tree is computed, by reading one number of it. */
async function readLast(tree: ParameterTree): Promise<void> {
  const leaf = leavesByName(tree).at(-1)!;
  const first = tidy(() => slice(reshape(leaf, [leaf.size]), 0, 1));
  await readTensor(first);
  first.dispose();
}

async function startAdamW({ shape, joined }: Extract<Work, { kind: 'AdamW' }>, tensors: Tensors): Promise<RunningWork> {
  const { vision, ...others } = loadModel(shape, tensors);
  disposeTree(others);
  let params = joined ? joinToOne(vision) : vision;
  const gradients = mapTree(params, (leaf) => mul(leaf, gradientFactor));
  const optimizer = createAdamW(rates);
  let state: OptimizerState = optimizer.init(params);
  const run = async () => {
    ({ params, state } = optimizer.update(params, gradients, state, { donate: true }));
    await readLast(params);
  };
  for (let i = 0; i < answerSteps; i += 1) await run();
  return { answer: await sample(params), run };
}

function joinToOne(tree: ParameterTree): ParameterTree {
  const flat = tidy(() => concat(leavesByName(tree).map((leaf) => reshape(leaf, [leaf.size]))));
  disposeTree(tree);
  return { flat };
}

async function sample(tree: ParameterTree): Promise<number[]> {
  const answer: number[] = [];
  // The stride goes on from one tensor into the next, so that the answer does not depend on how they are joined.
  let next = 0;
  for (const leaf of leavesByName(tree)) {
    const values = await readTensor(leaf);
    for (; next < values.length; next += answerStride) answer.push(values[next]!);
    next -= values.length;
  }
  return answer;
}

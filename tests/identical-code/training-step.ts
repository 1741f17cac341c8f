import {
  type Batch,
  type BatchSource,
  createRandom,
  encodeTargets,
  faceForensics,
  faceForensicsAnnotations,
} from '@sofd/core';
import { createParameters, defineModelConfig, modelPresets, splitParameters, type WeightArrays } from '@sofd/model';
import { disposeTree, readTensor } from '@sofd/tensor';
import {
  autoLambda,
  type FiniteDifferenceResult,
  finiteDifference,
  type Hypergradient,
  type RunState,
  train,
} from '@sofd/trainer';

/** Rates of the step. The learning rate is large, so that a wrong update cannot hide in rounding. */
export const rates = { learningRate: 1e-3, weightDecay: 1e-2, betas: [0.9, 0.999], epsilon: 1e-8 } as const;

const batchSize = 6;

/** All numbers of one bi-level training step. */
export interface TrainingStep {
  /** Losses of the three tasks on the training batch. */
  readonly losses: readonly number[];
  /** Task weights after the outer step. */
  readonly taskWeights: readonly number[];
  /** The finite difference and the numbers on the way to it. */
  readonly outer: FiniteDifferenceResult;
  /** Parameters that train, before the step. */
  readonly before: WeightArrays;
  /** The same after it. */
  readonly after: WeightArrays;
  /** AdamW's means after it: (1 - beta1) g and (1 - beta2) g². */
  readonly firstMoments: WeightArrays;
  readonly secondMoments: WeightArrays;
}

/** What the images of the batches are: named, as the numbers in golden.json depend on them. */
const manipulations = [
  'real',
  'Deepfakes',
  'FaceSwap',
  'Face2Face',
  'NeuralTextures',
  'expansion:eyes',
  'expansion:mouth',
  'expansion:nose',
  'expansion:blend-only',
] as const;

/** Pictures of smooth waves, no two alike, with the targets of all manipulations in turn. */
function drawBatch(seed: string, imageSize: number): Batch {
  const random = createRandom(seed);
  const kinds = manipulations.map((manipulation) => faceForensicsAnnotations.training[manipulation]);
  const images = new Float32Array(batchSize * imageSize ** 2 * 3); // [batch, imageSize, imageSize, 3]
  const targets = new Float32Array(batchSize * faceForensics.labels.length); // [batch, labels]
  for (let row = 0; row < batchSize; row++) {
    const waves = [0, 1, 2].map(() => ({
      across: random.uniformBetween(0.05, 0.8),
      down: random.uniformBetween(0.05, 0.8),
      phase: random.uniformBetween(0, 6),
    }));
    for (let pixel = 0; pixel < imageSize ** 2; pixel++)
      for (const [channel, { across, down, phase }] of waves.entries())
        images[(row * imageSize ** 2 + pixel) * 3 + channel] =
          1.5 * Math.sin(across * (pixel % imageSize) + down * Math.floor(pixel / imageSize) + phase);
    targets.set(encodeTargets(faceForensics, kinds[row % kinds.length]!), row * faceForensics.labels.length);
  }
  return {
    images,
    targets,
    size: batchSize,
    imageSize,
    ids: Array.from({ length: batchSize }, (_, i) => `${seed}-${i}`),
  };
}

const oneBatch = (batch: Batch): BatchSource => ({ batchesPerEpoch: 1, batch: async () => batch });

/** The hypergradient as it is, with its result kept. */
function recorded(inner: Hypergradient<FiniteDifferenceResult>, keep: (result: FiniteDifferenceResult) => void) {
  return {
    name: inner.name,
    async compute(input: Parameters<typeof inner.compute>[0]) {
      const result = await inner.compute(input);
      keep(result);
      return result;
    },
  };
}

async function readAll(tree: Record<string, Parameters<typeof readTensor>[0]>): Promise<WeightArrays> {
  const entries = Object.entries(tree).map(async ([name, leaf]) => [
    name,
    { shape: leaf.shape, data: await readTensor(leaf) },
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * One bi-level training step (Auto-lambda by finite difference, then AdamW) of the tiny vision transformer from seeded
 * parameters and batches, on whatever engine is active. Node and browsers run this same file.
 */
export async function runTrainingStep(): Promise<TrainingStep> {
  const config = defineModelConfig(modelPresets.tiny, faceForensics);
  const initial = createParameters(config, createRandom('identical code'));
  const { imageSize } = modelPresets.tiny.vision;
  let outer: FiniteDifferenceResult | undefined;
  let state: RunState | undefined;
  const hypergradient = recorded(finiteDifference(), (result) => {
    outer = result;
  });
  const before = await readAll(splitParameters(config, initial).trainable);
  const { params, history, taskWeights } = await train({
    config,
    graph: faceForensics,
    training: oneBatch(drawBatch('training', imageSize)),
    heldOut: oneBatch(drawBatch('held-out', imageSize)),
    steps: 1,
    learningRate: rates.learningRate,
    weightDecay: rates.weightDecay,
    weighting: autoLambda({ hypergradient }),
    seed: 1,
    initial,
    save: (saved) => {
      state = saved;
    },
  });
  disposeTree(params);
  disposeTree(initial);
  if (!outer || !state) throw new Error('training-step: train() neither weighted the tasks nor saved its state.');
  return {
    losses: Object.values(history[0]!.losses),
    taskWeights: Object.values(taskWeights),
    outer,
    before,
    after: state.trainable,
    firstMoments: state.optimizer.m,
    secondMoments: state.optimizer.v,
  };
}

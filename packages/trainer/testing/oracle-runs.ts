import { type BatchSource, createRandom, faceForensics } from '@sofd/core';
import {
  createParameters,
  createTokenBatch,
  defineModelConfig,
  type ModelConfig,
  type WeightArrays,
} from '@sofd/model';
import { decodeSafetensors, disposeTree, flattenTree } from '@sofd/tensor';
import type { OracleGroup } from '@sofd-internal/oracle';
import type { TaskWeighting } from '../src/task-weighting/task-weighting.js';
import { train } from '../src/train/train.js';
import type { TrainResult } from '../src/train/train-options.js';

/** What the authors' code computed in a step. */
export interface OfficialStep {
  readonly meta_weights_after: readonly number[];
  readonly train_losses_theta: readonly number[];
  readonly val_losses_theta_prime: readonly number[];
  readonly train_losses_plus: readonly number[];
  readonly train_losses_minus: readonly number[];
  readonly d_norm: number;
  readonly hessian_fd: readonly number[];
  readonly exact_hessian_term: readonly number[];
  readonly losses_for_step: readonly number[];
}
/** A run of the authors' code. */
export interface OfficialRun {
  /** How it starts, where not from the stored parameters, images and targets. */
  readonly init?: string;
  readonly lr: number;
  readonly meta_lr?: number;
  readonly meta_init?: number;
  readonly primary?: readonly string[];
  readonly steps: readonly OfficialStep[];
}

/** The fixtures' names of our parameters. Linear layers are stored [out, in] there, the patch filter [out, channel, y, x]. */
const blockNames = {
  norm1: 'ln_1',
  norm2: 'ln_2',
  'attention.input': 'attn.in_proj_',
  'attention.output': 'attn.out_proj.',
  expand: 'mlp.c_fc.',
  contract: 'mlp.c_proj.',
} as const;
const topNames: Readonly<Record<string, string>> = {
  'vision.patchProjection': 'visual.conv1.weight',
  'vision.classToken': 'visual.class_embedding',
  'vision.positions': 'visual.positional_embedding',
  'vision.projection': 'visual.proj',
  'text.tokenEmbedding': 'token_embedding.weight',
  'text.positions': 'positional_embedding',
  'text.projection': 'text_projection',
};
const normNames: Readonly<Record<string, string>> = {
  'vision.normBefore': 'visual.ln_pre',
  'vision.normAfter': 'visual.ln_post',
  'text.normAfter': 'ln_final',
};

function officialName(name: string): string {
  if (name in topNames) return topNames[name]!;
  const last = name.endsWith('gain') || name.endsWith('weight') ? 'weight' : 'bias';
  const stem = name.slice(0, name.lastIndexOf('.'));
  if (stem in normNames) return `${normNames[stem]}.${last}`;
  const [, tower, block, part] = /^(vision|text)\.blocks\.(\d+)\.(.+)$/.exec(stem)!;
  const base = `${tower === 'vision' ? 'visual.' : ''}transformer.resblocks.${block}.`;
  const named = blockNames[part as keyof typeof blockNames];
  return `${base}${named}${named.startsWith('ln') ? '.' : ''}${last}`;
}

/** To [rows, columns] from what is stored as [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(data, (_, i) => data[(i % columns) * rows + Math.floor(i / columns)]!);
}

/** [.., channel, y, x] of side `side` to [.., y, x, channel]. */
function channelsLast(data: Float32Array, side: number): Float32Array {
  const plane = side * side;
  return Float32Array.from(data, (_, i) => {
    const [image, rest] = [Math.floor(i / (3 * plane)), i % (3 * plane)];
    return data[image * 3 * plane + (rest % 3) * plane + Math.floor(rest / 3)]!;
  });
}

type Tensors = ReturnType<typeof decodeSafetensors>['tensors'];

/** How a run differs from the stored parameters, images and targets: its `init` begins as `told`. */
interface Change {
  readonly told: string;
  readonly weights?: (stored: Tensors) => Tensors;
  readonly images?: (value: number) => number;
  readonly targets?: () => number;
}

const times = (tensors: Tensors, names: readonly string[], factor: number): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      names.includes(name) ? { ...tensor, data: (tensor.data as Float32Array).map((x) => x * factor) } : tensor,
    ]),
  );

const changes: readonly Change[] = [
  {
    told: 'init.safetensors with visual.proj and text_projection multiplied by 3',
    weights: (stored) => times(stored, ['visual.proj', 'text_projection'], 3),
  },
  {
    told: 'init.safetensors; train_x and val_x multiplied by f32 0.02, all labels 0',
    images: (value) => value * Math.fround(0.02),
    targets: () => 0,
  },
];

/** Every weight times 1 ± 2^-23 or less: it lands on one of its neighbours in float32, or stays. */
function disturb(weights: WeightArrays, seed: number): WeightArrays {
  const random = createRandom(seed);
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((x) => x * (1 + random.uniformBetween(-1, 1) * 2 ** -23)) },
    ]),
  );
}

/** The runs of the authors' code, and ours from the same start on the same batches. */
export interface OracleRuns {
  /** The fixtures' parameters under our names and in our layout. */
  toOurs(tensors: Tensors): WeightArrays;
  /**
   * Trains as the run did, with our own weighting. The caller disposes of the parameters.
   *
   * @param rounding - where given, the seed by which all weights at the start are changed by up to one rounding
   */
  follow(run: OfficialRun, weighting: TaskWeighting, rounding?: number): Promise<TrainResult>;
}

/** The fixtures' parameters under our names and in our layout. */
function renameWeights(config: ModelConfig, tensors: Tensors): WeightArrays {
  const params = createParameters(config, createRandom(0));
  const entries = [...flattenTree(params)].map(([name, { shape }]) => {
    const official = tensors[officialName(name)]!;
    const data = official.data as Float32Array;
    const isLinear = shape.length === 2 && /attention|expand|contract/.test(name);
    if (name === 'vision.patchProjection') {
      const patch = Math.round(Math.sqrt(shape[0]! / 3));
      return [name, { shape, data: transpose(channelsLast(data, patch), shape[0]!, shape[1]!) }];
    }
    return [name, { shape, data: isLinear ? transpose(data, shape[0]!, shape[1]!) : data }];
  });
  disposeTree(params);
  return Object.fromEntries(entries);
}

/** Prepares model and batches of the group `auto_lambda`. */
export function createOracleRuns(group: OracleGroup): OracleRuns {
  const images = group.array('train_x');
  const [steps, batchSize, , side] = images.shape as [number, number, number, number, number];
  const stored = decodeSafetensors(group.bytes('init.safetensors')).tensors;
  const shapeOf = (name: string) => stored[name]!.shape as readonly number[];
  const depthOf = (tower: string) =>
    new Set(Object.keys(stored).flatMap((name) => new RegExp(`^${tower}resblocks\\.(\\d+)`).exec(name)?.[1] ?? []))
      .size;
  const [vocabulary, textWidth] = shapeOf('token_embedding.weight') as [number, number];
  const words = ['<start>', ...Array.from({ length: vocabulary - 2 }, (_, i) => `word${i}`), '<end>'];
  const config = defineModelConfig(
    {
      embedDim: shapeOf('text_projection')[1]!,
      vision: {
        kind: 'vit',
        imageSize: side,
        patchSize: shapeOf('visual.conv1.weight')[2]!,
        width: shapeOf('visual.class_embedding')[0]!,
        depth: depthOf('visual\\.transformer\\.'),
      },
      text: {
        width: textWidth,
        depth: depthOf('transformer\\.'),
        contextLength: shapeOf('positional_embedding')[0]!,
        tokenizer: { kind: 'words', vocabulary: words },
      },
    },
    faceForensics,
  );

  const toOurs = (tensors: Tensors) => renameWeights(config, tensors);
  function source(part: 'train' | 'val', change: Change | undefined): BatchSource {
    const pixels = channelsLast(group.array(`${part}_x`).data as Float32Array, side);
    const x = change?.images ? pixels.map(change.images) : pixels;
    const y = Float32Array.from(group.array(`${part}_y`).data, change?.targets ?? Number);
    return {
      batchesPerEpoch: steps,
      batch: async (_, index) => ({
        images: x.slice((index * x.length) / steps, ((index + 1) * x.length) / steps),
        targets: y.slice((index * y.length) / steps, ((index + 1) * y.length) / steps),
        size: batchSize,
        imageSize: side,
        ids: Array.from({ length: batchSize }, (_, row) => `${part} ${index}.${row}`),
      }),
    };
  }

  /** The ids of the prompts, cut to the longest. */
  function tokens() {
    const { data, shape } = group.array('tokens');
    const [count, length] = shape as [number, number];
    const { ends } = createTokenBatch(data as Int32Array, count);
    const cut = Math.max(...ends) + 1;
    return createTokenBatch(data.filter((_, i) => i % length < cut) as Int32Array, count);
  }

  async function follow(run: OfficialRun, weighting: TaskWeighting, rounding?: number): Promise<TrainResult> {
    const change = changes.find(({ told }) => run.init?.startsWith(told));
    const exact = toOurs(change?.weights ? change.weights(stored) : stored);
    const weights = rounding === undefined ? exact : disturb(exact, rounding);
    const initial = createParameters(config, createRandom(0), { weights });
    const result = await train({
      config,
      graph: faceForensics,
      training: source('train', change),
      heldOut: source('val', change),
      steps: run.steps.length,
      learningRate: run.lr,
      weightDecay: 1e-3,
      weighting,
      seed: 0,
      initial,
      tokens: tokens(),
    });
    disposeTree(initial);
    return result;
  }

  return { toOurs, follow };
}

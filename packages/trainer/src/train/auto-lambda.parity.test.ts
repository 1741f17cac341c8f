import { wasm } from '@sofd/backend-wasm';
import { type BatchSource, createRandom, faceForensics } from '@sofd/core';
import { createParameters, createTokenBatch, defineModelConfig, type WeightArrays } from '@sofd/model';
import { decodeSafetensors, disposeTree, flattenTree, readTensor, useBackend } from '@sofd/tensor';
import { compareNumbers, describeOracle } from '@sofd-internal/oracle';
import { beforeAll, expect, it } from 'vitest';
import { exact } from '../hypergradients/exact/exact.js';
import {
  type FiniteDifferenceResult,
  finiteDifference,
} from '../hypergradients/finite-difference/finite-difference.js';
import type { Hypergradient, HypergradientResult } from '../hypergradients/hypergradient.js';
import { type PerTask, taskNames } from '../loss/tasks.js';
import { autoLambda } from '../task-weighting/auto-lambda/auto-lambda.js';
import { equal } from '../task-weighting/equal/equal.js';
import type { TaskWeighting } from '../task-weighting/task-weighting.js';
import { train } from './train.js';

interface OfficialStep {
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
interface OfficialRun {
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

describeOracle('auto_lambda', (group) => {
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

  /** The fixtures' parameters under our names and in our layout. */
  function toOurs(tensors: typeof stored): WeightArrays {
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

  function source(part: 'train' | 'val'): BatchSource {
    const x = channelsLast(group.array(`${part}_x`).data as Float32Array, side);
    const y = Float32Array.from(group.array(`${part}_y`).data);
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

  async function follow(run: OfficialRun, weighting: TaskWeighting) {
    const initial = createParameters(config, createRandom(0), { weights: toOurs(stored) });
    const result = await train({
      config,
      graph: faceForensics,
      training: source('train'),
      heldOut: source('val'),
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

  /** A hypergradient that remembers what it gave. */
  function recorded<Result extends HypergradientResult>(inner: Hypergradient<Result>) {
    const results: Result[] = [];
    const outer: Hypergradient<Result> = {
      name: inner.name,
      async compute(input) {
        const result = await inner.compute(input);
        results.push(result);
        return result;
      },
    };
    return { outer, results };
  }

  const list = (values: PerTask) => taskNames.map((name) => values[name]);
  const within = (actual: readonly number[], expected: readonly number[], absolute: number, relative = 0) =>
    expect({ ...compareNumbers(actual, expected, { absolute, relative }), actual, expected }).toMatchObject({
      outside: 0,
    });

  beforeAll(async () => {
    await useBackend(wasm());
  });

  // The README states how far the official code in float32 is from itself in float64, and allows ten times that. At the
  // published rate the gradient of a weight is near Adam's epsilon, so that rounding shows in the weights.
  const statedFor = (rate: number) =>
    rate < 1e-5 ? { loss: 1.1e-7, term: 3.0e-6, weight: 2.3e-7 } : { loss: 5.6e-7, term: 5.9e-6, weight: 7.3e-8 };
  // It does not state that distance for |d|; the runs in both precisions do. It is larger than a sum's rounding: where a batch is
  // almost solved, the slope of its loss follows 1 - p, whose relative error is that of the logit, exp(logit_scale) = 63 times
  // that of a cosine.
  const normDistance = (rate: number) => {
    const [inDouble, inSingle] = ['f64', 'f32'].map((precision) => {
      const { steps } = group.json<OfficialRun>(`run_${precision}_lr${rate < 1e-5 ? '6e-7' : '1e-4'}.json`);
      return steps.map(({ d_norm }) => d_norm);
    });
    return Math.max(...inDouble!.map((norm, step) => Math.abs(inSingle![step]! / norm - 1)));
  };
  // A term is a difference of two losses over 2ε; each loss is a float32 with an error of some 6e-8, which no relative
  // bound covers where the losses are almost equal.
  const lossError = 6e-8;
  const taskOf = { binary: 'primary', global: 'global', local: 'local' } as const;
  // All runs from the stored parameters and targets; others change one of these.
  const runs = Object.keys(group.manifest.files).filter(
    (file) => /^run_.*\.json$/.test(file) && !/equal|scaled|allreal/.test(file),
  );

  it.each(runs)('follows %s for all steps', async (file) => {
    const run = group.json<OfficialRun>(file);
    const { loss, term, weight } = statedFor(run.lr);
    const { outer, results } = recorded<FiniteDifferenceResult>(finiteDifference());
    const weighting = autoLambda({
      hypergradient: outer,
      learningRate: run.meta_lr!,
      initial: run.meta_init!,
      primary: run.primary!.map((name) => taskOf[name as keyof typeof taskOf]),
    });
    const { params, history } = await follow(run, weighting);
    for (const [index, official] of run.steps.entries()) {
      const [mine, record] = [results[index]!, history[index]!];
      within(mine.trainingLosses, official.train_losses_theta, 10 * loss);
      within(mine.heldOutLosses, official.val_losses_theta_prime, 10 * loss);
      within(mine.lossesPlus, official.train_losses_plus, 10 * loss);
      within(mine.lossesMinus, official.train_losses_minus, 10 * loss);
      within([mine.norm], [official.d_norm], 0, 10 * normDistance(run.lr));
      within(mine.terms, official.hessian_fd, (2 * lossError) / (2 * mine.epsilon), 10 * term);
      within(list(record.losses), official.losses_for_step, 10 * loss);
      // Adam's steps on the weights are as long as its rate, and so are their errors.
      within(list(record.taskWeights), official.meta_weights_after, 10 * weight * Math.max(1, run.meta_lr! / 1e-3));
    }
    disposeTree(params);
  });

  it('gives the exact hypergradient of the float64 reference', async () => {
    const run = group.json<OfficialRun>('run_f64_lr1e-4.json');
    const { outer, results } = recorded(exact());
    const { params } = await follow({ ...run, steps: run.steps.slice(0, 1) }, autoLambda({ hypergradient: outer }));
    // Sums of products over all parameters in float32.
    within(results[0]!.terms, run.steps[0]!.exact_hessian_term, 0, 1e-5);
    disposeTree(params);
  });

  it('follows the run with equal weights', async () => {
    const run = group.json<OfficialRun>('run_f64_lr1e-4_equal.json');
    const { params, history } = await follow(run, equal());
    for (const [index, { losses_for_step }] of run.steps.entries()) {
      within(list(history[index]!.losses), losses_for_step, 10 * statedFor(run.lr).loss);
    }
    disposeTree(params);
  });

  it('ends at the parameters of the float32 run', async () => {
    const run = group.json<OfficialRun>('run_f32_lr1e-4.json');
    const { params } = await follow(run, autoLambda());
    const expected = toOurs(decodeSafetensors(group.bytes('params_after5_f32_lr1e-4.safetensors')).tensors);
    for (const [name, leaf] of flattenTree(params)) {
      // AdamW moves a parameter whose gradient is rounding noise by up to one learning rate a step, either way.
      within([...(await readTensor(leaf))], [...expected[name]!.data], 2 * run.lr * run.steps.length);
    }
    disposeTree(params);
  });
});

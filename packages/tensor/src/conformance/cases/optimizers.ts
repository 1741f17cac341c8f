import { createRandom } from '@sofd/core';
import { scalar, tensor } from '@tensorflow/tfjs-core';
import { composeLayers, hasFusedKernels } from '../../fused/run-fused-kernel.js';
import { readTensor } from '../../memory.js';
import { disposeTree, flattenTree, type ParameterTree } from '../../parameter-tree.js';
import { createAdamW } from '../../training/adam-w.js';
import type { Optimizer, OptimizerState } from '../../training/optimizer.js';
import { createSgd } from '../../training/sgd.js';
import type { ConformanceCase } from '../conformance-case.js';
import { type PlainRule, type PlainState, plainAdamW, plainSgd, startPlain } from '../plain/optimizers.js';
import { sizeOf } from '../plain/plain.js';
import { withoutLeak } from '../resources.js';
import { assertClose, assertSameBits, failure } from '../tolerance.js';

interface Setting {
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly rule: PlainRule;
  /** Multiplies every gradient. */
  readonly gradientScale?: number;
  readonly donate?: boolean;
  /** Of each step, in place of the optimizer's. */
  readonly learningRates?: readonly number[];
}

const adamW = (
  what: string,
  options: { weightDecay?: number; emaDecay?: number },
  more: Partial<Setting> = {},
): Setting => {
  const rates = { learningRate: 0.05, betas: [0.8, 0.95], epsilon: 1e-6, ...options } as const;
  return { name: `adamW: ${what}`, optimizer: createAdamW(rates), rule: plainAdamW(rates), ...more };
};

const sgd = (
  what: string,
  options: { momentum?: number; weightDecay?: number },
  more: Partial<Setting> = {},
): Setting => {
  const rates = { learningRate: 0.05, ...options };
  return { name: `sgd: ${what}`, optimizer: createSgd(rates), rule: plainSgd(rates), ...more };
};

const settings: readonly Setting[] = [
  adamW('without decay', {}),
  adamW('with decay', { weightDecay: 0.1 }),
  adamW('with a gradient scale', { weightDecay: 0.1 }, { gradientScale: 0.37 }),
  adamW('with an average', { emaDecay: 0.9 }),
  adamW('with other learning rates', { weightDecay: 0.1 }, { learningRates: [0.02, 0.3, 0, 0.01] }),
  adamW('donated', {}, { donate: true }),
  adamW('donated, with all options', { weightDecay: 0.1, emaDecay: 0.9 }, { donate: true, gradientScale: 2.5 }),
  sgd('plain', {}),
  sgd('with momentum and decay', { momentum: 0.8, weightDecay: 0.3 }, { gradientScale: 0.37 }),
  sgd('donated', { momentum: 0.8 }, { donate: true }),
];

const steps = 4;

/** One number, sizes that no vector divides, several blocks. */
const shapes: Readonly<Record<string, readonly number[]>> = {
  scalar: [],
  one: [1],
  odd: [7],
  matrix: [3, 5],
  long: [129, 257],
};

type Leaves = Readonly<Record<string, Float64Array>>;

/** Uniform numbers that float32 holds, the first two of them 0 and so small that its square is not a float32. */
function createLeaves(seed: string): Leaves {
  const random = createRandom(seed);
  const leaves = Object.entries(shapes).map(([name, shape]) => {
    const values = Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.uniformBetween(-1, 1)));
    if (values.length > 2) values.set([0, Math.fround(1e-25)]);
    return [name, values];
  });
  return Object.fromEntries(leaves);
}

const toTree = (leaves: Leaves): ParameterTree =>
  Object.fromEntries(
    Object.entries(leaves).map(([name, values]) => [
      name,
      tensor(Float32Array.from(values), [...(shapes[name] ?? [])]),
    ]),
  );

const readTree = (tree: ParameterTree): Promise<Float32Array[]> =>
  Promise.all([...flattenTree(tree).values()].map(async (leaf) => (await readTensor(leaf)).slice()));

interface Progress {
  readonly params: ParameterTree;
  readonly state: OptimizerState;
}

const treesOf = ({ params, state: { m, v, ema } }: Progress): ParameterTree[] => [params, m, v, ...(ema ? [ema] : [])];

/** One update, after which what was given away is disposed of, and what was not is as it was. */
async function step(setting: Setting, before: Progress, number: number): Promise<Progress> {
  const { name, optimizer, donate = false, learningRates } = setting;
  const gradients = toTree(createLeaves(`gradient ${number}`));
  const gradientScale = setting.gradientScale === undefined ? undefined : scalar(setting.gradientScale);
  const given = donate ? [gradients] : [gradients, ...treesOf(before)];
  const values = await Promise.all(given.map(readTree));
  const learningRate = learningRates?.[number - 1];
  const next = optimizer.update(before.params, gradients, before.state, { donate, gradientScale, learningRate });
  for (const [i, tree] of given.entries()) {
    assertSameBits(`${name}, what is not given away`, values[i] as Float32Array[], await readTree(tree));
  }
  const kept = treesOf(before).flatMap((tree) => [...flattenTree(tree).values()]);
  const wrong = kept.filter((leaf) => leaf.isDisposed !== donate);
  if (wrong.length > 0)
    throw failure(name, `${donate ? 'no' : 'every'} given tensor alive`, `${wrong.length} otherwise`);
  for (const tree of given) disposeTree(tree);
  gradientScale?.dispose();
  return next;
}

async function compareUpdates(setting: Setting): Promise<void> {
  const { name, optimizer, rule, gradientScale = 1, learningRates } = setting;
  const start = createLeaves('parameters');
  const expected = new Map(Object.entries(start).map(([leaf, values]) => [leaf, startPlain(values)]));
  const params = toTree(start);
  let progress: Progress = { params, state: optimizer.init(params) };
  for (let number = 1; number <= steps; number += 1) {
    progress = await step(setting, progress, number);
    for (const [leaf, gradient] of Object.entries(createLeaves(`gradient ${number}`))) {
      const scaled = gradient.map((slope) => slope * gradientScale);
      rule(expected.get(leaf) as PlainState, scaled, { step: number, learningRate: learningRates?.[number - 1] });
    }
  }
  const { m, v, ema = {} } = progress.state;
  for (const [part, tree] of Object.entries({ param: progress.params, m, v, ema })) {
    for (const [leaf, got] of flattenTree(tree)) {
      const data = expected.get(leaf)?.[part as keyof PlainState] as Float64Array;
      // A step rounds ten times on each of the ways to a parameter.
      const allowance = { terms: steps * 20 };
      assertClose(`${name}: ${part} of ${leaf}`, {
        got: await readTensor(got),
        expected: { shape: [data.length], data },
        ...allowance,
      });
    }
  }
  for (const tree of treesOf(progress)) disposeTree(tree);
}

/** The engine's update, and the one composed of plain operations. */
const forms = (setting: Setting): Setting[] => {
  if (!hasFusedKernels()) return [setting];
  const { init, update } = setting.optimizer;
  const composed: Optimizer = { init, update: (...given) => composeLayers(() => update(...given)) };
  return [setting, { ...setting, name: `${setting.name}, composed`, optimizer: composed }];
};

/** Four updates by each optimizer, against loops over single numbers. */
export const optimizerCases: readonly ConformanceCase[] = settings.map((setting) => ({
  name: `${setting.name}, equals float64 loops`,
  run: () =>
    withoutLeak(setting.name, async () => {
      for (const form of forms(setting)) await compareUpdates(form);
    }),
}));

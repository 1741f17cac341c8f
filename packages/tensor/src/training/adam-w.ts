import { InvalidOptionError } from '@sofd/core';
import { clone, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import type { AdamWRates } from '../fused/fused-kernels.js';
import { disposeTree, flattenTree, mapTree, type ParameterTree } from '../parameter-tree.js';
import { type AdamWLeaf, updateLeaf } from './adam-w-leaf.js';
import { assertComplete } from './assert-complete.js';
import type { Optimizer } from './optimizer.js';

/** Options of {@link createAdamW}. */
export interface AdamWOptions {
  readonly learningRate: number;
  /** Decay rates of the two running means, each from 0 to below 1. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second mean. */
  readonly epsilon?: number;
  /** The fraction of a parameter that decays at learning rate 1. */
  readonly weightDecay?: number;
  /** The part of the parameters' running average that a step keeps, from 0 to below 1. No average when left out. */
  readonly emaDecay?: number | undefined;
}

/**
 * Adam with decoupled weight decay, with the semantics of PyTorch.
 *
 * $$\begin{aligned} p &\leftarrow p\,(1 - \eta\lambda) \\ m &\leftarrow \beta_1 m + (1-\beta_1) g,\quad v \leftarrow \beta_2 v + (1-\beta_2) g^2 \\
 * p &\leftarrow p - \frac{\eta}{1-\beta_1^t} \frac{m}{\sqrt{v}/\sqrt{1-\beta_2^t} + \epsilon} \end{aligned}$$
 *
 * With weight decay 0 it is Adam. With `emaDecay` $\gamma$ the state also holds $e \leftarrow \gamma e + (1 - \gamma)\,p$.
 *
 * @param options - the rates.
 * @throws InvalidOptionError when a rate is out of range.
 * @see {@link https://arxiv.org/abs/1711.05101 | Decoupled weight decay regularization}
 * @example
 * ```ts
 * import { scalar } from '@sofd/tensor';
 * import { createAdamW } from '@sofd/tensor/training';
 *
 * const optimizer = createAdamW({ learningRate: 0.1 });
 * const params = { x: scalar(1) };
 * const next = optimizer.update(params, { x: scalar(5) }, optimizer.init(params));
 * // next.params.x is 0.9: the first step has the length of the learning rate.
 * ```
 */
export function createAdamW({
  learningRate: defaultRate,
  betas: [beta1, beta2] = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
  emaDecay,
}: AdamWOptions): Optimizer {
  assertRates({ learningRate: defaultRate, beta1, beta2, epsilon, weightDecay, betaEma: emaDecay ?? 0 });
  return {
    init: (params) => ({
      step: 0,
      m: mapTree(params, (leaf) => zerosLike(leaf)),
      v: mapTree(params, (leaf) => zerosLike(leaf)),
      ...(emaDecay === undefined ? {} : { ema: mapTree(params, (leaf) => clone(leaf)) }),
    }),
    update(params, gradients, state, { learningRate = defaultRate, gradientScale, donate = false } = {}) {
      const averaged = emaDecay === undefined ? {} : { ema: state.ema ?? {} };
      const trees = { gradient: gradients, m: state.m, v: state.v, ...averaged };
      assertComplete('createAdamW', params, Object.values(trees));
      const step = state.step + 1;
      const rates: AdamWRates = {
        beta1,
        beta2,
        epsilon,
        stepSize: learningRate / (1 - beta1 ** step),
        inverseRootCorrection2: 1 / Math.sqrt(1 - beta2 ** step),
        decay: 1 - learningRate * weightDecay,
        emaDecay: emaDecay ?? 0,
        donate,
      };
      const next = updateTree(params, trees, (leaf) => updateLeaf(leaf, gradientScale, rates));
      if (donate) for (const tree of [params, state.m, state.v, state.ema ?? {}]) disposeTree(tree);
      const { param, ...means } = next;
      return { params: param, state: { step, ...means } };
    },
  };
}

type Trees = Readonly<Record<'gradient' | 'm' | 'v', ParameterTree>> & { readonly ema?: ParameterTree };
type NextTrees<T> = { param: T; m: T; v: T; ema?: T };

/** Updates leaf by leaf, and sorts the results into trees of the parameters' structure. */
function updateTree<T extends ParameterTree>(
  params: T,
  trees: Trees,
  update: (leaf: AdamWLeaf) => AdamWLeaf,
): NextTrees<T> {
  const byName = Object.entries(trees).map(([part, tree]) => [part, flattenTree(tree)] as const);
  const updated = new Map<string, AdamWLeaf>();
  const param = mapTree(params, (leaf, name) => {
    const others = Object.fromEntries(byName.map(([part, leaves]) => [part, leaves.get(name)]));
    const next = update({ param: leaf, ...others } as AdamWLeaf);
    updated.set(name, next);
    return next.param;
  });
  const pick = (part: 'm' | 'v' | 'ema') => mapTree(params, (_, name) => updated.get(name)?.[part] as Tensor);
  return { param, m: pick('m'), v: pick('v'), ...(trees.ema ? { ema: pick('ema') } : {}) };
}

function assertRates(
  rates: Readonly<Record<'learningRate' | 'beta1' | 'beta2' | 'epsilon' | 'weightDecay' | 'betaEma', number>>,
): void {
  const wrong = Object.entries(rates).filter(
    ([name, value]) => !(value >= 0 && (value < 1 || !name.startsWith('beta'))),
  );
  if (wrong.length === 0) return;
  const got = wrong.map(([name, value]) => `${name === 'betaEma' ? 'emaDecay' : name} ${value}`).join(', ');
  throw new InvalidOptionError(
    `createAdamW: expected rates from 0, betas and emaDecay below 1, got ${got}; correct them.`,
  );
}

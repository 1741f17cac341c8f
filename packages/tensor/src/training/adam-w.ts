import { InvalidOptionError } from '@sofd/core';
import { add, div, mul, scalar, sqrt, square, sub, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { flattenTree, mapTree, type ParameterTree } from '../parameter-tree.js';
import { assertComplete } from './assert-complete.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

/** Options of {@link createAdamW}. */
export interface AdamWOptions {
  readonly learningRate: number;
  /** Decay rates of the two running means, each from 0 to below 1. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second mean. */
  readonly epsilon?: number;
  /** The fraction of a parameter that decays at learning rate 1. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay, with the semantics of PyTorch.
 *
 * $$\begin{aligned} p &\leftarrow p\,(1 - \eta\lambda) \\ m &\leftarrow \beta_1 m + (1-\beta_1) g,\quad v \leftarrow \beta_2 v + (1-\beta_2) g^2 \\
 * p &\leftarrow p - \frac{\eta}{1-\beta_1^t} \frac{m}{\sqrt{v}/\sqrt{1-\beta_2^t} + \epsilon} \end{aligned}$$
 *
 * With weight decay 0 it is Adam.
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
}: AdamWOptions): Optimizer {
  assertRates({ learningRate: defaultRate, beta1, beta2, epsilon, weightDecay });
  return {
    init: (params) => ({
      step: 0,
      m: mapTree(params, (leaf) => zerosLike(leaf)),
      v: mapTree(params, (leaf) => zerosLike(leaf)),
    }),
    update(params, gradients, state, { learningRate = defaultRate } = {}) {
      assertComplete('createAdamW', params, [gradients, state.m, state.v]);
      const step = state.step + 1;
      const constants = createConstants({
        beta1,
        oneMinusBeta1: 1 - beta1,
        beta2,
        oneMinusBeta2: 1 - beta2,
        inverseRootCorrection2: 1 / Math.sqrt(1 - beta2 ** step),
        epsilon,
        stepSize: learningRate / (1 - beta1 ** step),
        decay: 1 - learningRate * weightDecay,
      });
      const next = updateLeaves({ params, gradients, state, constants, decays: weightDecay !== 0 });
      for (const constant of Object.values(constants)) constant.dispose();
      return { params: next.params, state: { step, m: next.m, v: next.v } };
    },
  };
}

type Constants = Readonly<
  Record<
    'beta1' | 'oneMinusBeta1' | 'beta2' | 'oneMinusBeta2' | 'inverseRootCorrection2' | 'epsilon' | 'stepSize' | 'decay',
    Tensor
  >
>;

/** Made once a step: a plain number would become a new tensor in every operation. */
const createConstants = (values: Readonly<Record<keyof Constants, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scalar(value)])) as Constants;

function updateLeaves<T extends ParameterTree>({
  params,
  gradients,
  state,
  constants,
  decays,
}: {
  readonly params: T;
  readonly gradients: T;
  readonly state: OptimizerState;
  readonly constants: Constants;
  readonly decays: boolean;
}): { params: T; m: T; v: T } {
  const byName = { gradients: flattenTree(gradients), m: flattenTree(state.m), v: flattenTree(state.v) };
  const means = new Map<string, { m: Tensor; v: Tensor }>();
  const updated = mapTree(params, (leaf, name) => {
    const [gradient, m, v] = [byName.gradients.get(name), byName.m.get(name), byName.v.get(name)] as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const [next, nextM, nextV] = tidy(() => updateLeaf({ leaf, gradient, m, v }, constants, decays));
    means.set(name, { m: nextM, v: nextV });
    return next;
  });
  const pick = (mean: 'm' | 'v') => mapTree(params, (leaf, name) => means.get(name)?.[mean] ?? leaf);
  return { params: updated, m: pick('m'), v: pick('v') };
}

function updateLeaf(
  { leaf, gradient, m, v }: Readonly<Record<'leaf' | 'gradient' | 'm' | 'v', Tensor>>,
  constants: Constants,
  decays: boolean,
): [Tensor, Tensor, Tensor] {
  const nextM = add(mul(m, constants.beta1), mul(gradient, constants.oneMinusBeta1));
  const nextV = add(mul(v, constants.beta2), mul(square(gradient), constants.oneMinusBeta2));
  const denominator = add(mul(sqrt(nextV), constants.inverseRootCorrection2), constants.epsilon);
  const decayed = decays ? mul(leaf, constants.decay) : leaf;
  return [sub(decayed, mul(div(nextM, denominator), constants.stepSize)), nextM, nextV];
}

function assertRates(
  rates: Readonly<Record<'learningRate' | 'beta1' | 'beta2' | 'epsilon' | 'weightDecay', number>>,
): void {
  const wrong = Object.entries(rates).filter(
    ([name, value]) => !(value >= 0 && (value < 1 || !name.startsWith('beta'))),
  );
  if (wrong.length === 0) return;
  const got = wrong.map(([name, value]) => `${name} ${value}`).join(', ');
  throw new InvalidOptionError(`createAdamW: expected rates from 0, betas below 1, got ${got}; correct them.`);
}

import { add, clone, mul, sub, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { disposeTree, flattenTree, mapTree } from '../parameter-tree.js';
import { assertComplete } from './assert-complete.js';
import type { Optimizer } from './optimizer.js';

/** Options of {@link createSgd}. */
export interface SgdOptions {
  readonly learningRate: number;
  /** The part of the last step's velocity that is kept. */
  readonly momentum?: number;
  /** Added to the gradient, times the parameter. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, with the semantics of PyTorch: $u \leftarrow \mu u + g + \lambda p$, $p \leftarrow p - \eta u$.
 *
 * @param options - the rates. Without momentum nothing is remembered but the step.
 */
export function createSgd({ learningRate: defaultRate, momentum = 0, weightDecay = 0 }: SgdOptions): Optimizer {
  return {
    init: (params) => ({ step: 0, m: momentum === 0 ? {} : mapTree(params, (leaf) => zerosLike(leaf)), v: {} }),
    update(params, gradients, state, { learningRate = defaultRate, gradientScale, donate = false } = {}) {
      assertComplete('createSgd', params, momentum === 0 ? [gradients] : [gradients, state.m]);
      const slopes = flattenTree(gradients);
      const velocities = flattenTree(state.m);
      const next = new Map<string, Tensor>();
      const updated = mapTree(params, (leaf, name) => {
        const gradient = slopes.get(name) as Tensor;
        const velocity = velocities.get(name);
        const [stepped, nextVelocity] = tidy(() => {
          const scaled = gradientScale ? mul(gradient, gradientScale) : gradient;
          const slope = weightDecay === 0 ? scaled : add(scaled, mul(leaf, weightDecay));
          const direction = velocity ? add(mul(velocity, momentum), slope) : slope;
          return [sub(leaf, mul(direction, learningRate)), velocity ? clone(direction) : undefined];
        });
        if (nextVelocity) next.set(name, nextVelocity);
        return stepped;
      });
      const m = momentum === 0 ? {} : mapTree(params, (leaf, name) => next.get(name) ?? leaf);
      if (donate) for (const tree of [params, state.m]) disposeTree(tree);
      return { params: updated, state: { step: state.step + 1, m, v: {} } };
    },
  };
}

import type { FlatParameters } from '@sofd/model';
import {
  add,
  clone,
  disposeTree,
  div,
  greater,
  mapTree,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from '@sofd/tensor';
import { createAdamW } from '@sofd/tensor/training';
import type { LookAhead } from '../look-ahead.js';

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** What the derivative of one parameter's step is made of. */
interface Leaf {
  readonly gradient: Tensor;
  /** The means after the step. */
  readonly m: Tensor;
  readonly v: Tensor;
}

/**
 * J, the derivative of AdamW's step u = m̂ / (√v̂ + ε) with respect to the gradient, one number a parameter:
 * (1 - β1) / c1 / (√v̂ + ε) - m̂ / (√v̂ + ε)² · (1 - β2) g / (c2 √v̂), where c are the bias corrections.
 *
 * Where v̂ is 0 so are g and m, or have been for long, and the second term has no value; it is left out.
 */
function computeSlope({ gradient, m, v }: Leaf, step: number): Tensor {
  const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
  const root = sqrt(div(v, correction2));
  const scale = add(root, epsilon);
  const direct = div((1 - beta1) / correction1, scale);
  const through = div(mul(mul(m, gradient), (1 - beta2) / (correction1 * correction2)), mul(square(scale), root));
  return sub(direct, where(greater(root, 0), through, zerosLike(root)));
}

/**
 * Looks ahead by the very step that AdamW would take, with its memory: θ' = AdamW(θ, ∇ Σ_i λ_i L_i). The hypergradient
 * then follows the chain rule through m̂ / (√v̂ + ε), a diagonal Jacobian that is computed exactly.
 *
 * @returns a look-ahead for `autoLambda`
 * @example
 * ```ts
 * await train({ ...options, weighting: autoLambda({ lookAhead: adamWLookAhead() }) });
 * ```
 */
export const adamWLookAhead = (): LookAhead => ({
  name: 'adam-w',
  step({ trainable, gradients, optimizer, learningRate, weightDecay }) {
    const adamW = createAdamW({ learningRate, weightDecay, betas: [beta1, beta2], epsilon });
    const { params, state } = adamW.update(trainable, gradients, optimizer);
    const [m, v] = [state.m as FlatParameters, state.v as FlatParameters];
    const kept = mapTree(gradients, (leaf) => clone(leaf));
    return {
      ahead: params,
      precondition(direction) {
        const result = mapTree(direction, (leaf, name) =>
          tidy(() => mul(leaf, computeSlope({ gradient: kept[name]!, m: m[name]!, v: v[name]! }, state.step))),
        );
        disposeTree(direction);
        return result;
      },
      dispose() {
        for (const tree of [m, v, kept]) disposeTree(tree);
      },
    };
  },
});

import { add, div, mul, sqrt, square, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { AdamWRates } from '../fused/fused-kernels.js';
import { runFusedKernel } from '../fused/run-fused-kernel.js';

/** A parameter with what AdamW keeps of it. */
export interface AdamWLeaf {
  readonly param: Tensor;
  readonly gradient: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  readonly ema?: Tensor;
}

/**
 * One parameter's update, in one kernel where the engine has it.
 *
 * @param leaf - all of one shape.
 * @param gradientScale - a scalar that multiplies the gradient first.
 * @param rates - of this step.
 * @returns new tensors; the gradient is the one given.
 */
export function updateLeaf(leaf: AdamWLeaf, gradientScale: Tensor | undefined, rates: AdamWRates): AdamWLeaf {
  const inputs = { ...leaf, ...(gradientScale ? { gradientScale } : {}) };
  const [param, m, v, ema] =
    runFusedKernel('adamW', 'update', { inputs, attrs: rates }) ?? tidy(() => compose(leaf, gradientScale, rates));
  return { param, m, v, ...(ema ? { ema } : {}), gradient: leaf.gradient } as AdamWLeaf;
}

function compose({ param, gradient, m, v, ema }: AdamWLeaf, scale: Tensor | undefined, rates: AdamWRates): Tensor[] {
  const { beta1, beta2, epsilon, stepSize, inverseRootCorrection2, decay, emaDecay } = rates;
  const slope = scale ? mul(gradient, scale) : gradient;
  const nextM = add(mul(m, beta1), mul(slope, 1 - beta1));
  const nextV = add(mul(v, beta2), mul(square(slope), 1 - beta2));
  const denominator = add(mul(sqrt(nextV), inverseRootCorrection2), epsilon);
  const decayed = decay === 1 ? param : mul(param, decay);
  const next = sub(decayed, mul(div(nextM, denominator), stepSize));
  const average = ema ? [add(mul(ema, emaDecay), mul(next, 1 - emaDecay))] : [];
  return [next, nextM, nextV, ...average];
}

import { bytesOf } from './floats';
import { loadRest, multiplyAdd, storeRest } from './simd';

/**
 * One AdamW update for a range of numbers, in one pass over the memory:
 *
 * g' = gradientScale * g,  m' = beta1 m + (1 - beta1) g',  v' = beta2 v + (1 - beta2) g'^2,
 * p' = decay p - stepSize m' / (inverseRootCorrection2 sqrt(v') + epsilon),  ema' = emaDecay ema + (1 - emaDecay) p'.
 *
 * Results may be written over what they are computed from. `gradientScale` is the address of a number; it and the
 * averages are 0 where there is none. The rates are doubles, because 1 - beta2 in floats would be wrong in its fifth digit.
 */
export function adamW(
  start: i32, end: i32,
  param: usize, gradient: usize, m: usize, v: usize, ema: usize, gradientScale: usize,
  nextParam: usize, nextM: usize, nextV: usize, nextEma: usize,
  beta1: f64, beta2: f64, epsilon: f64, stepSize: f64, inverseRootCorrection2: f64, decay: f64, emaDecay: f64,
): void {
  const scale = gradientScale ? v128.load32_splat(gradientScale) : f32x4.splat(1);
  const kept1 = f32x4.splat(<f32>beta1);
  const added1 = f32x4.splat(<f32>(1 - beta1));
  const kept2 = f32x4.splat(<f32>beta2);
  const added2 = f32x4.splat(<f32>(1 - beta2));
  const epsilons = f32x4.splat(<f32>epsilon);
  const stepSizes = f32x4.splat(<f32>stepSize);
  const correction = f32x4.splat(<f32>inverseRootCorrection2);
  const decays = f32x4.splat(<f32>decay);
  const keptEma = f32x4.splat(<f32>emaDecay);
  const addedEma = f32x4.splat(<f32>(1 - emaDecay));
  const whole = start + ((end - start) & ~3);
  for (let i = start; i < whole; i += 4) {
    const at = bytesOf(i);
    const slope = f32x4.mul(v128.load(gradient + at), scale);
    const mean = weightedSum(v128.load(m + at), kept1, slope, added1);
    const square = weightedSum(v128.load(v + at), kept2, f32x4.mul(slope, slope), added2);
    v128.store(nextM + at, mean);
    v128.store(nextV + at, square);
    const moved = move(v128.load(param + at), decays, mean, stepSizes, square, correction, epsilons);
    v128.store(nextParam + at, moved);
    if (ema) v128.store(nextEma + at, weightedSum(v128.load(ema + at), keptEma, moved, addedEma));
  }
  if (whole < end) {
    const at = bytesOf(whole);
    const rest = end - whole;
    const slope = f32x4.mul(loadRest(gradient + at, rest), scale);
    const mean = weightedSum(loadRest(m + at, rest), kept1, slope, added1);
    const square = weightedSum(loadRest(v + at, rest), kept2, f32x4.mul(slope, slope), added2);
    storeRest(nextM + at, mean, rest);
    storeRest(nextV + at, square, rest);
    const moved = move(loadRest(param + at, rest), decays, mean, stepSizes, square, correction, epsilons);
    storeRest(nextParam + at, moved, rest);
    if (ema) storeRest(nextEma + at, weightedSum(loadRest(ema + at, rest), keptEma, moved, addedEma), rest);
  }
}

/** decay p - stepSize m / (correction sqrt(v) + epsilon) */
// @ts-ignore: decorator
@inline
function move(p: v128, decay: v128, m: v128, stepSize: v128, v: v128, correction: v128, epsilon: v128): v128 {
  const denominator = multiplyAdd(f32x4.sqrt(v), correction, epsilon);
  return f32x4.sub(f32x4.mul(p, decay), f32x4.div(f32x4.mul(m, stepSize), denominator));
}

/** a x + b y */
// @ts-ignore: decorator
@inline
function weightedSum(x: v128, a: v128, y: v128, b: v128): v128 {
  return multiplyAdd(x, a, f32x4.mul(y, b));
}

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
  const scale: f32 = gradientScale ? load<f32>(gradientScale) : 1;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at = bytesOf(i);
    const slope = f32x4.mul(v128.load(gradient + at), f32x4.splat(scale));
    const mean = weightedMean(v128.load(m + at), slope, beta1);
    const square = weightedMean(v128.load(v + at), f32x4.mul(slope, slope), beta2);
    v128.store(nextM + at, mean);
    v128.store(nextV + at, square);
    const moved = move(v128.load(param + at), mean, square, epsilon, stepSize, inverseRootCorrection2, decay);
    v128.store(nextParam + at, moved);
    if (ema) v128.store(nextEma + at, weightedMean(v128.load(ema + at), moved, emaDecay));
  }
  if (i < end) {
    const at = bytesOf(i);
    const rest = end - i;
    const slope = f32x4.mul(loadRest(gradient + at, rest), f32x4.splat(scale));
    const mean = weightedMean(loadRest(m + at, rest), slope, beta1);
    const square = weightedMean(loadRest(v + at, rest), f32x4.mul(slope, slope), beta2);
    storeRest(nextM + at, mean, rest);
    storeRest(nextV + at, square, rest);
    const moved = move(loadRest(param + at, rest), mean, square, epsilon, stepSize, inverseRootCorrection2, decay);
    storeRest(nextParam + at, moved, rest);
    if (ema) storeRest(nextEma + at, weightedMean(loadRest(ema + at, rest), moved, emaDecay), rest);
  }
}

/** kept * old + (1 - kept) * new */
// @ts-ignore: decorator
@inline
function weightedMean(before: v128, now: v128, kept: f64): v128 {
  return multiplyAdd(before, f32x4.splat(<f32>kept), f32x4.mul(now, f32x4.splat(<f32>(1 - kept))));
}

// @ts-ignore: decorator
@inline
function move(
  param: v128, mean: v128, square: v128, epsilon: f64, stepSize: f64, inverseRootCorrection2: f64, decay: f64,
): v128 {
  const root = f32x4.mul(f32x4.sqrt(square), f32x4.splat(<f32>inverseRootCorrection2));
  const step = f32x4.div(f32x4.mul(mean, f32x4.splat(<f32>stepSize)), f32x4.add(root, f32x4.splat(<f32>epsilon)));
  return f32x4.sub(f32x4.mul(param, f32x4.splat(<f32>decay)), step);
}

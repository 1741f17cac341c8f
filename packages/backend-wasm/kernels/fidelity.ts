import { bytesOf } from './floats';
import { loadRest, multiplyAdd, storeRest } from './simd';

/** y = 1 - sqrt(p g + epsilon) - sqrt(c (1 - g) + epsilon) for a range of numbers: marginals p, complements c, targets g. */
export function fidelity(start: i32, end: i32, p: usize, c: usize, g: usize, epsilon: f32, y: usize): void {
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at = bytesOf(i);
    v128.store(y + at, distance(v128.load(p + at), v128.load(c + at), v128.load(g + at), f32x4.splat(epsilon)));
  }
  if (i < end) {
    const at = bytesOf(i);
    const rest = end - i;
    const value = distance(loadRest(p + at, rest), loadRest(c + at, rest), loadRest(g + at, rest), f32x4.splat(epsilon));
    storeRest(y + at, value, rest);
  }
}

// @ts-ignore: decorator
@inline
function distance(p: v128, c: v128, g: v128, epsilon: v128): v128 {
  const one = f32x4.splat(1);
  const agreeOnOne = f32x4.sqrt(multiplyAdd(p, g, epsilon));
  const agreeOnZero = f32x4.sqrt(multiplyAdd(c, f32x4.sub(one, g), epsilon));
  return f32x4.sub(f32x4.sub(one, agreeOnOne), agreeOnZero);
}

/** The gradients of marginals, -dy g / (2 sqrt(p g + epsilon)), and complements, the same with c and 1 - g. */
export function fidelityGradient(
  start: i32, end: i32, p: usize, c: usize, g: usize, dy: usize, epsilon: f32, dp: usize, dc: usize,
): void {
  const epsilons = f32x4.splat(epsilon);
  const one = f32x4.splat(1);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at = bytesOf(i);
    const target = v128.load(g + at);
    const upstream = v128.load(dy + at);
    v128.store(dp + at, slope(v128.load(p + at), target, upstream, epsilons));
    v128.store(dc + at, slope(v128.load(c + at), f32x4.sub(one, target), upstream, epsilons));
  }
  if (i < end) {
    const at = bytesOf(i);
    const rest = end - i;
    const target = loadRest(g + at, rest);
    const upstream = loadRest(dy + at, rest);
    storeRest(dp + at, slope(loadRest(p + at, rest), target, upstream, epsilons), rest);
    storeRest(dc + at, slope(loadRest(c + at, rest), f32x4.sub(one, target), upstream, epsilons), rest);
  }
}

// @ts-ignore: decorator
@inline
function slope(p: v128, g: v128, dy: v128, epsilon: v128): v128 {
  const root = f32x4.sqrt(multiplyAdd(p, g, epsilon));
  return f32x4.div(f32x4.mul(f32x4.mul(g, dy), f32x4.splat(-0.5)), root);
}

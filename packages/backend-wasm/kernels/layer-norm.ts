import { bytesOf } from './floats';
import { blockRows } from './row-blocks';
import { keepFirst, loadRest, multiplyAdd, storeRest, sumOf } from './simd';

/** y = (x - mean) / sqrt(variance + epsilon) * gain + bias for a range of rows [row, width]. */
export function layerNorm(
  rowStart: i32, rowEnd: i32, width: i32, x: usize, gain: usize, bias: usize, epsilon: f32, y: usize,
): void {
  const whole = width & ~3;
  const bytes = bytesOf(width);
  x += <usize>rowStart * bytes;
  y += <usize>rowStart * bytes;
  for (let row = rowStart; row < rowEnd; row++) {
    const statistics = measureRow(x, width, epsilon);
    const mean = f32x4.splat(f32x4.extract_lane(statistics, 0));
    const inverse = f32x4.splat(f32x4.extract_lane(statistics, 1));
    for (let j = 0; j < whole; j += 4) {
      const at = bytesOf(j);
      const normalised = f32x4.mul(f32x4.sub(v128.load(x + at), mean), inverse);
      v128.store(y + at, multiplyAdd(normalised, v128.load(gain + at), v128.load(bias + at)));
    }
    if (whole < width) {
      const at = bytesOf(whole);
      const rest = width - whole;
      const normalised = f32x4.mul(f32x4.sub(loadRest(x + at, rest), mean), inverse);
      storeRest(y + at, multiplyAdd(normalised, loadRest(gain + at, rest), loadRest(bias + at, rest)), rest);
    }
    x += bytes;
    y += bytes;
  }
}

/** The mean of a row, and 1 / sqrt(variance + epsilon), as the first two lanes. The row is read twice, since it is in the cache. */
function measureRow(x: usize, width: i32, epsilon: f32): v128 {
  const count: f32 = <f32>width;
  const mean: f32 = sumOfRow(x, width) / count;
  const variance: f32 = sumOfSquares(x, width, mean) / count;
  return f32x4(mean, 1 / sqrt<f32>(variance + epsilon), 0, 0);
}

/** Four sums run side by side, because each addition waits for the one before it in its sum. */
function sumOfRow(x: usize, width: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let i = 0;
  for (; i + 16 <= width; i += 16) {
    const at = x + bytesOf(i);
    s0 = f32x4.add(s0, v128.load(at));
    s1 = f32x4.add(s1, v128.load(at, 16));
    s2 = f32x4.add(s2, v128.load(at, 32));
    s3 = f32x4.add(s3, v128.load(at, 48));
  }
  for (; i + 4 <= width; i += 4) s0 = f32x4.add(s0, v128.load(x + bytesOf(i)));
  if (i < width) s1 = f32x4.add(s1, loadRest(x + bytesOf(i), width - i));
  return sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** The sum of (x - mean)^2, likewise. */
function sumOfSquares(x: usize, width: i32, mean: f32): f32 {
  const means = f32x4.splat(mean);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let i = 0;
  for (; i + 16 <= width; i += 16) {
    const at = x + bytesOf(i);
    s0 = addSquare(s0, f32x4.sub(v128.load(at), means));
    s1 = addSquare(s1, f32x4.sub(v128.load(at, 16), means));
    s2 = addSquare(s2, f32x4.sub(v128.load(at, 32), means));
    s3 = addSquare(s3, f32x4.sub(v128.load(at, 48), means));
  }
  for (; i + 4 <= width; i += 4) s0 = addSquare(s0, f32x4.sub(v128.load(x + bytesOf(i)), means));
  const rest = width - i;
  if (rest) s1 = addSquare(s1, keepFirst(f32x4.sub(loadRest(x + bytesOf(i), rest), means), rest));
  return sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

// @ts-ignore: decorator
@inline
function addSquare(sum: v128, x: v128): v128 {
  return multiplyAdd(x, x, sum);
}

/**
 * The gradient for a range of row blocks: with n = (x - mean) / deviation and s = dy * gain,
 * dx = (s - mean(s) - n mean(s n)) / deviation. The sums of dy n, which is the gradient of the gain, and of dy, that of the
 * bias, over each block's rows are written to `partial` [block, 2, width].
 */
export function layerNormGradient(
  blockStart: i32, blockEnd: i32, rows: i32, width: i32,
  x: usize, gain: usize, dy: usize, epsilon: f32, dx: usize, partial: usize,
): void {
  const bytes = bytesOf(width);
  for (let block = blockStart; block < blockEnd; block++) {
    const sums = partial + 2 * <usize>block * bytes;
    memory.fill(sums, 0, 2 * bytes);
    const end = min(rows, (block + 1) * blockRows);
    for (let row = block * blockRows; row < end; row++) {
      const at = <usize>row * bytes;
      differentiateRow(width, x + at, gain, dy + at, epsilon, dx + at, sums, sums + bytes);
    }
  }
}

function differentiateRow(
  width: i32, x: usize, gain: usize, dy: usize, epsilon: f32, dx: usize, gainSums: usize, biasSums: usize,
): void {
  const whole = width & ~3;
  const end = bytesOf(whole);
  const rest = width - whole;
  const statistics = measureRow(x, width, epsilon);
  const mean = f32x4.splat(f32x4.extract_lane(statistics, 0));
  const inverse = f32x4.splat(f32x4.extract_lane(statistics, 1));
  let slopes = f32x4.splat(0);
  let products = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) {
    const normalised = f32x4.mul(f32x4.sub(v128.load(x + at), mean), inverse);
    const upstream = v128.load(dy + at);
    v128.store(gainSums + at, multiplyAdd(upstream, normalised, v128.load(gainSums + at)));
    v128.store(biasSums + at, f32x4.add(upstream, v128.load(biasSums + at)));
    const slope = f32x4.mul(upstream, v128.load(gain + at));
    slopes = f32x4.add(slopes, slope);
    products = multiplyAdd(slope, normalised, products);
  }
  if (rest) {
    // What lies beyond the row is 0 in dy, and so in each of the sums.
    const normalised = f32x4.mul(f32x4.sub(loadRest(x + end, rest), mean), inverse);
    const upstream = loadRest(dy + end, rest);
    storeRest(gainSums + end, multiplyAdd(upstream, normalised, loadRest(gainSums + end, rest)), rest);
    storeRest(biasSums + end, f32x4.add(upstream, loadRest(biasSums + end, rest)), rest);
    const slope = f32x4.mul(upstream, loadRest(gain + end, rest));
    slopes = f32x4.add(slopes, slope);
    products = multiplyAdd(slope, normalised, products);
  }
  const meanSlope = f32x4.splat(sumOf(slopes) / <f32>width);
  const meanProduct = f32x4.splat(sumOf(products) / <f32>width);
  for (let at: usize = 0; at < end; at += 16) {
    const slope = f32x4.mul(v128.load(dy + at), v128.load(gain + at));
    v128.store(dx + at, rowGradient(v128.load(x + at), slope, mean, inverse, meanSlope, meanProduct));
  }
  if (rest) {
    const slope = f32x4.mul(loadRest(dy + end, rest), loadRest(gain + end, rest));
    storeRest(dx + end, rowGradient(loadRest(x + end, rest), slope, mean, inverse, meanSlope, meanProduct), rest);
  }
}

// @ts-ignore: decorator
@inline
function rowGradient(x: v128, slope: v128, mean: v128, inverse: v128, meanSlope: v128, meanProduct: v128): v128 {
  const normalised = f32x4.mul(f32x4.sub(x, mean), inverse);
  return f32x4.mul(f32x4.sub(f32x4.sub(slope, meanSlope), f32x4.mul(normalised, meanProduct)), inverse);
}

import { exponential } from './exponential';
import { bytesOf } from './floats';
import { blockRows } from './row-blocks';
import { loadRest, multiplyAdd, storeRest } from './simd';

/** The factor in CLIP's approximation of the Gaussian error unit. */
const sharpness: f32 = 1.702;

/**
 * The exponents of {@link biasQuickGelu}, -1.702 (x + bias), for a range of rows [row, width]: for those who have a faster way to
 * take their powers.
 */
export function quickGeluExponents(
  rowStart: i32, rowEnd: i32, width: i32, x: usize, bias: usize, exponents: usize,
): void {
  const end = bytesOf(width & ~3);
  const rest = width & 3;
  const bytes = bytesOf(width);
  const factor = f32x4.splat(-sharpness);
  x += <usize>rowStart * bytes;
  exponents += <usize>rowStart * bytes;
  for (let row = rowStart; row < rowEnd; row++) {
    for (let at: usize = 0; at < end; at += 16) {
      v128.store(exponents + at, f32x4.mul(f32x4.add(v128.load(x + at), v128.load(bias + at)), factor));
    }
    if (rest) {
      const z = f32x4.add(loadRest(x + end, rest), loadRest(bias + end, rest));
      storeRest(exponents + end, f32x4.mul(z, factor), rest);
    }
    x += bytes;
    exponents += bytes;
  }
}

/**
 * y = z / (1 + e^(-1.702 z)) with z = x + bias, for a range of rows [row, width].
 *
 * Where `hasPowers`, y holds the powers of e already.
 */
export function biasQuickGelu(
  rowStart: i32, rowEnd: i32, width: i32, x: usize, bias: usize, y: usize, hasPowers: i32,
): void {
  const end = bytesOf(width & ~3);
  const rest = width & 3;
  const bytes = bytesOf(width);
  const one = f32x4.splat(1);
  const factor = f32x4.splat(-sharpness);
  x += <usize>rowStart * bytes;
  y += <usize>rowStart * bytes;
  for (let row = rowStart; row < rowEnd; row++) {
    for (let at: usize = 0; at < end; at += 16) {
      const z = f32x4.add(v128.load(x + at), v128.load(bias + at));
      const power = hasPowers ? v128.load(y + at) : exponential(f32x4.mul(z, factor));
      v128.store(y + at, f32x4.div(z, f32x4.add(one, power)));
    }
    if (rest) {
      const z = f32x4.add(loadRest(x + end, rest), loadRest(bias + end, rest));
      const power = hasPowers ? loadRest(y + end, rest) : exponential(f32x4.mul(z, factor));
      storeRest(y + end, f32x4.div(z, f32x4.add(one, power)), rest);
    }
    x += bytes;
    y += bytes;
  }
}

/**
 * The gradient for a range of row blocks, dx = dy (s + 1.702 z s (1 - s)) with s = 1 / (1 + e^(-1.702 z)). The sums over each
 * block's rows, whose sum is the gradient of the bias, are written to `partial` [block, width].
 *
 * Where `hasPowers`, dx holds the powers of e already.
 */
export function biasQuickGeluGradient(
  blockStart: i32, blockEnd: i32, rows: i32, width: i32, x: usize, bias: usize, dy: usize, dx: usize, partial: usize,
  hasPowers: i32,
): void {
  const end = bytesOf(width & ~3);
  const rest = width & 3;
  const bytes = bytesOf(width);
  const one = f32x4.splat(1);
  const factor = f32x4.splat(-sharpness);
  for (let block = blockStart; block < blockEnd; block++) {
    const sums = partial + <usize>block * bytes;
    memory.fill(sums, 0, bytes);
    const last = min(rows, (block + 1) * blockRows);
    for (let row = block * blockRows; row < last; row++) {
      const from = x + <usize>row * bytes;
      const upstream = dy + <usize>row * bytes;
      const to = dx + <usize>row * bytes;
      for (let at: usize = 0; at < end; at += 16) {
        const exponent = f32x4.mul(f32x4.add(v128.load(from + at), v128.load(bias + at)), factor);
        const power = hasPowers ? v128.load(to + at) : exponential(exponent);
        const slope = f32x4.mul(v128.load(upstream + at), derivative(exponent, power, one));
        v128.store(to + at, slope);
        v128.store(sums + at, f32x4.add(v128.load(sums + at), slope));
      }
      if (rest) {
        const exponent = f32x4.mul(f32x4.add(loadRest(from + end, rest), loadRest(bias + end, rest)), factor);
        const power = hasPowers ? loadRest(to + end, rest) : exponential(exponent);
        const slope = f32x4.mul(loadRest(upstream + end, rest), derivative(exponent, power, one));
        storeRest(to + end, slope, rest);
        storeRest(sums + end, f32x4.add(loadRest(sums + end, rest), slope), rest);
      }
    }
  }
}

/** s (1 + 1.702 z (1 - s)), where the exponent is -1.702 z */
// @ts-ignore: decorator
@inline
function derivative(exponent: v128, power: v128, one: v128): v128 {
  const sigmoid = f32x4.div(one, f32x4.add(one, power));
  return f32x4.mul(sigmoid, multiplyAdd(exponent, f32x4.sub(sigmoid, one), one));
}

import { bytesOf } from './floats';
import { exponential } from './exponential';
import { blockRows } from './row-blocks';
import { loadRest, multiplyAdd, storeRest } from './simd';

/** The factor in CLIP's approximation of the Gaussian error unit. */
const sharpness: f32 = 1.702;

/** y = z / (1 + e^(-1.702 z)) with z = x + bias, for a range of rows [row, width]. */
export function biasQuickGelu(rowStart: i32, rowEnd: i32, width: i32, x: usize, bias: usize, y: usize): void {
  const end = bytesOf(width & ~3);
  const rest = width & 3;
  const bytes = bytesOf(width);
  x += <usize>rowStart * bytes;
  y += <usize>rowStart * bytes;
  for (let row = rowStart; row < rowEnd; row++) {
    for (let at: usize = 0; at < end; at += 16) {
      v128.store(y + at, activate(f32x4.add(v128.load(x + at), v128.load(bias + at))));
    }
    if (rest) storeRest(y + end, activate(f32x4.add(loadRest(x + end, rest), loadRest(bias + end, rest))), rest);
    x += bytes;
    y += bytes;
  }
}

// @ts-ignore: decorator
@inline
function activate(z: v128): v128 {
  return f32x4.div(z, f32x4.add(f32x4.splat(1), exponential(f32x4.mul(z, f32x4.splat(-sharpness)))));
}

/**
 * The gradient for a range of row blocks, dx = dy (s + 1.702 z s (1 - s)) with s = 1 / (1 + e^(-1.702 z)). The sums over each
 * block's rows, whose sum is the gradient of the bias, are written to `partial` [block, width].
 */
export function biasQuickGeluGradient(
  blockStart: i32, blockEnd: i32, rows: i32, width: i32, x: usize, bias: usize, dy: usize, dx: usize, partial: usize,
): void {
  const end = bytesOf(width & ~3);
  const rest = width & 3;
  const bytes = bytesOf(width);
  for (let block = blockStart; block < blockEnd; block++) {
    const sums = partial + <usize>block * bytes;
    memory.fill(sums, 0, bytes);
    const last = <usize>min(rows, (block + 1) * blockRows) * bytes;
    for (let row = <usize>(block * blockRows) * bytes; row < last; row += bytes) {
      for (let at: usize = 0; at < end; at += 16) {
        const z = f32x4.add(v128.load(x + row + at), v128.load(bias + at));
        const slope = f32x4.mul(v128.load(dy + row + at), derivative(z));
        v128.store(dx + row + at, slope);
        v128.store(sums + at, f32x4.add(v128.load(sums + at), slope));
      }
      if (rest) {
        const z = f32x4.add(loadRest(x + row + end, rest), loadRest(bias + end, rest));
        const slope = f32x4.mul(loadRest(dy + row + end, rest), derivative(z));
        storeRest(dx + row + end, slope, rest);
        storeRest(sums + end, f32x4.add(loadRest(sums + end, rest), slope), rest);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function derivative(z: v128): v128 {
  const scaled = f32x4.mul(z, f32x4.splat(sharpness));
  const one = f32x4.splat(1);
  const sigmoid = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(scaled))));
  return multiplyAdd(f32x4.mul(scaled, sigmoid), f32x4.sub(one, sigmoid), sigmoid);
}

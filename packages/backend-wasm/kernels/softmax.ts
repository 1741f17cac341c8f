import { bytesOf } from './floats';
import { exponential } from './exponential';
import { loadRest, maximumOf, storeRest, sumOf } from './simd';

/**
 * The first part of {@link softmaxRows}, for those who have a faster way to take powers: turns scores into exponents of e,
 * scale * (score - the largest of the row), and what a token does not see into 0.
 */
export function softmaxExponents(
  rowStart: i32, rowEnd: i32, tokens: i32, scale: f32, isCausal: i32, scores: usize,
): void {
  const bytes = bytesOf(tokens);
  const factor = f32x4.splat(scale);
  for (let row = rowStart; row < rowEnd; row++) {
    const x = scores + <usize>row * bytes;
    const seen = isCausal ? (row % tokens) + 1 : tokens;
    const end = bytesOf(seen & ~3);
    const rest = seen & 3;
    const shift = f32x4.splat(maximumOfRow(x, seen));
    for (let at: usize = 0; at < end; at += 16) {
      v128.store(x + at, f32x4.mul(f32x4.sub(v128.load(x + at), shift), factor));
    }
    if (rest) storeRest(x + end, f32x4.mul(f32x4.sub(loadRest(x + end, rest), shift), factor), rest);
    memory.fill(x + bytesOf(seen), 0, bytesOf(tokens - seen));
  }
}

/**
 * Turns a range of rows of scores [row, tokens] into attention's weights, softmax(scale * score), in place.
 *
 * Rows belong to the tokens in turn. Where `isCausal`, a token sees itself and those before it; the weights of the others are 0.
 * Where `hasPowers`, there are the powers of e of {@link softmaxExponents} instead of scores.
 */
export function softmaxRows(
  rowStart: i32, rowEnd: i32, tokens: i32, scale: f32, isCausal: i32, scores: usize, hasPowers: i32,
): void {
  const bytes = bytesOf(tokens);
  for (let row = rowStart; row < rowEnd; row++) {
    const start = scores + <usize>row * bytes;
    const seen = isCausal ? (row % tokens) + 1 : tokens;
    if (!hasPowers) exponentiateRow(start, seen, scale);
    normaliseRow(start, seen);
    memory.fill(start + bytesOf(seen), 0, bytesOf(tokens - seen));
  }
}

/** The largest score is subtracted first, so that no exponential overflows. */
function exponentiateRow(x: usize, count: i32, scale: f32): void {
  const end = bytesOf(count & ~3);
  const rest = count & 3;
  const shift = f32x4.splat(maximumOfRow(x, count));
  const factor = f32x4.splat(scale);
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(x + at, exponential(f32x4.mul(f32x4.sub(v128.load(x + at), shift), factor)));
  }
  if (rest) storeRest(x + end, exponential(f32x4.mul(f32x4.sub(loadRest(x + end, rest), shift), factor)), rest);
}

/** Divides by the sum. */
function normaliseRow(x: usize, count: i32): void {
  const end = bytesOf(count & ~3);
  const rest = count & 3;
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) sums = f32x4.add(sums, v128.load(x + at));
  if (rest) sums = f32x4.add(sums, loadRest(x + end, rest));
  const inverse: f32 = 1 / sumOf(sums);
  const inverses = f32x4.splat(inverse);
  for (let at: usize = 0; at < end; at += 16) v128.store(x + at, f32x4.mul(v128.load(x + at), inverses));
  if (rest) storeRest(x + end, f32x4.mul(loadRest(x + end, rest), inverses), rest);
}

function maximumOfRow(x: usize, count: i32): f32 {
  const end = bytesOf(count & ~3);
  let largest = v128.load32_splat(x);
  for (let at: usize = 0; at < end; at += 16) largest = f32x4.pmax(largest, v128.load(x + at));
  let maximum = maximumOf(largest);
  for (let at = end; at < bytesOf(count); at += 4) maximum = max(maximum, load<f32>(x + at));
  return maximum;
}

/**
 * Turns a range of rows of the gradient of weights w [row, tokens] into that of the scores, in place:
 * ds = scale * w (dw - sum of dw w).
 */
export function softmaxRowsGradient(
  rowStart: i32, rowEnd: i32, tokens: i32, scale: f32, weights: usize, gradient: usize,
): void {
  const end = bytesOf(tokens & ~3);
  const rest = tokens & 3;
  const bytes = bytesOf(tokens);
  const factor = f32x4.splat(scale);
  for (let row = rowStart; row < rowEnd; row++) {
    const w = weights + <usize>row * bytes;
    const dw = gradient + <usize>row * bytes;
    let products = f32x4.splat(0);
    for (let at: usize = 0; at < end; at += 16) {
      products = f32x4.add(products, f32x4.mul(v128.load(w + at), v128.load(dw + at)));
    }
    if (rest) products = f32x4.add(products, f32x4.mul(loadRest(w + end, rest), loadRest(dw + end, rest)));
    const mean = f32x4.splat(sumOf(products));
    for (let at: usize = 0; at < end; at += 16) {
      const slope = f32x4.mul(v128.load(w + at), f32x4.sub(v128.load(dw + at), mean));
      v128.store(dw + at, f32x4.mul(slope, factor));
    }
    if (rest) {
      const slope = f32x4.mul(loadRest(w + end, rest), f32x4.sub(loadRest(dw + end, rest), mean));
      storeRest(dw + end, f32x4.mul(slope, factor), rest);
    }
  }
}

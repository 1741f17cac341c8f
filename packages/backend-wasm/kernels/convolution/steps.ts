// What follows a convolution, number by number: sums, products, limits and slopes, with one number, one a channel, or one for
// each number. All steps are taken with a few numbers before the next few, which stay in the first-level cache.
import { bytesOf } from '../floats';
import { loadRest, storeRest } from '../simd';

const add: i32 = 0;
const multiply: i32 = 1;
const minimum: i32 = 2;
const maximum: i32 = 3;
/** x where it is not below zero, and its product with the operand elsewhere. */
const slope: i32 = 4;

/** How many numbers the operand has: one, one a channel, one for each number. */
const single: i32 = 0;
const row: i32 = 1;
const whole: i32 = 2;

/** Bytes of a step: operation, extent, the address of the operand; the fourth number is room for an operand of one number. */
const stepBytes: usize = 16;

const blockFloats: i32 = 2048;

/** Takes the steps with a range of the positions of a map [positions, channels], in place. */
export function takeSteps(start: i32, end: i32, channels: i32, x: usize, count: i32, steps: usize): void {
  const block = max(1, blockFloats / channels);
  const last = steps + <usize>count * stepBytes;
  for (let position = start; position < end; position += block) {
    const positions = min(block, end - position);
    const offset = bytesOf(position * channels);
    for (let step = steps; step < last; step += stepBytes) {
      const taken = takeTogether(step, last, positions, channels, x + offset, offset);
      if (taken) {
        step += <usize>(taken - 1) * stepBytes;
        continue;
      }
      const operation = load<i32>(step);
      const extent = load<i32>(step, 4);
      const operand = load<i32>(step, 8);
      takeStep(operation, extent, positions, channels, x + offset, extent == whole ? operand + offset : operand);
    }
  }
}

/** Whether a step is there, and which. */
// @ts-ignore: decorator
@inline
function isStep(step: usize, last: usize, operation: i32, extent: i32): bool {
  return step < last && load<i32>(step) == operation && load<i32>(step, 4) == extent;
}

/**
 * Takes the steps that follow most convolutions in one pass: a number a channel is added, perhaps one for each number, and the
 * result is limited from below, or has a slope below zero.
 *
 * @returns how many steps it took; 0 where others are to be taken.
 */
function takeTogether(step: usize, last: usize, positions: i32, channels: i32, x: usize, offset: usize): i32 {
  if (channels & 3 || !isStep(step, last, add, row)) return 0;
  const bias = <usize>load<i32>(step, 8);
  step += stepBytes;
  const hasOther = isStep(step, last, add, whole);
  const other = hasOther ? <usize>load<i32>(step, 8) + offset : x;
  if (hasOther) step += stepBytes;
  const operand = <usize>load<i32>(step, 8);
  if (isStep(step, last, maximum, single) && !isNaN(load<f32>(operand))) {
    if (hasOther) addAndLimit(true, maximum, positions, channels, x, bias, other, operand);
    else addAndLimit(false, maximum, positions, channels, x, bias, other, operand);
  } else if (isStep(step, last, slope, row)) {
    if (hasOther) addAndLimit(true, slope, positions, channels, x, bias, other, operand);
    else addAndLimit(false, slope, positions, channels, x, bias, other, operand);
  } else return 0;
  return hasOther ? 3 : 2;
}

// @ts-ignore: decorator
@inline
function addAndLimit(
  hasOther: bool, operation: i32, positions: i32, channels: i32, x: usize, bias: usize, other: usize, operand: usize,
): void {
  const width = bytesOf(channels);
  const limit = v128.load_splat<f32>(operand);
  for (; positions > 0; positions--) {
    for (let at: usize = 0; at < width; at += 16) {
      let sum = f32x4.add(v128.load(x + at), v128.load(bias + at));
      if (hasOther) sum = f32x4.add(sum, v128.load(other + at));
      v128.store(x + at, applyOne(operation, sum, operation == slope ? v128.load(operand + at) : limit));
    }
    x += width;
    other += width;
  }
}

function takeStep(operation: i32, extent: i32, positions: i32, channels: i32, x: usize, operand: usize): void {
  // A limit that is NaN makes everything NaN, as a sum with it does.
  if (extent == single && isNaN(load<f32>(operand))) operation = add;
  if (operation == add) take(add, extent, positions, channels, x, operand);
  else if (operation == multiply) take(multiply, extent, positions, channels, x, operand);
  else if (operation == minimum) take(minimum, extent, positions, channels, x, operand);
  else if (operation == maximum) take(maximum, extent, positions, channels, x, operand);
  else take(slope, extent, positions, channels, x, operand);
}

/** One operation: known where this is inlined, so that no loop has to choose. */
// @ts-ignore: decorator
@inline
function take(operation: i32, extent: i32, positions: i32, channels: i32, x: usize, operand: usize): void {
  if (extent == row) {
    const end = bytesOf(channels & ~3);
    const rest = channels & 3;
    for (let i = 0; i < positions; i++) {
      for (let at: usize = 0; at < end; at += 16) {
        v128.store(x + at, apply(operation, v128.load(x + at), v128.load(operand + at)));
      }
      if (rest) storeRest(x + end, apply(operation, loadRest(x + end, rest), loadRest(operand + end, rest)), rest);
      x += bytesOf(channels);
    }
    return;
  }
  const count = positions * channels;
  const end = bytesOf(count & ~3);
  const rest = count & 3;
  if (extent == single) {
    const value = v128.load_splat<f32>(operand);
    for (let at: usize = 0; at < end; at += 16) v128.store(x + at, applyOne(operation, v128.load(x + at), value));
    if (rest) storeRest(x + end, applyOne(operation, loadRest(x + end, rest), value), rest);
  } else {
    for (let at: usize = 0; at < end; at += 16) {
      v128.store(x + at, apply(operation, v128.load(x + at), v128.load(operand + at)));
    }
    if (rest) storeRest(x + end, apply(operation, loadRest(x + end, rest), loadRest(operand + end, rest)), rest);
  }
}

/** With a limit that is no NaN: one instruction, where one that looks for NaN on both sides takes five. */
// @ts-ignore: decorator
@inline
function applyOne(operation: i32, x: v128, operand: v128): v128 {
  if (operation == minimum) return f32x4.pmin(x, operand);
  if (operation == maximum) return f32x4.pmax(x, operand);
  return apply(operation, x, operand);
}

// @ts-ignore: decorator
@inline
function apply(operation: i32, x: v128, operand: v128): v128 {
  if (operation == add) return f32x4.add(x, operand);
  if (operation == multiply) return f32x4.mul(x, operand);
  if (operation == minimum) return f32x4.min(x, operand);
  if (operation == maximum) return f32x4.max(x, operand);
  return v128.bitselect(f32x4.mul(x, operand), x, f32x4.lt(x, f32x4.splat(0)));
}

import { multiplyAdd } from './simd';

/** ln 2 in two parts: the first has 9 bits, so that its product with a whole number up to 128 is exact. */
const highLn2: f32 = 0.693359375;
const lowLn2: f32 = -2.12194440e-4;

/** Adding it to a number below 2^22 leaves the nearest whole number in the last bits: 1.5 * 2^23. */
const roundingShift: f32 = 12582912;

// Variables, though they never change: V8 makes a constant vector anew at each turn of a loop, in three instructions, and reads
// a variable in one.
let lowest: v128 = f32x4.splat(-87.3365);
let highest: v128 = f32x4.splat(88.7228);
let perLn2: v128 = f32x4.splat(1.44269504);
let rounding: v128 = f32x4.splat(roundingShift);
let minusHighLn2: v128 = f32x4.splat(-highLn2);
let minusLowLn2: v128 = f32x4.splat(-lowLn2);
let one: v128 = f32x4.splat(1);
let over2: v128 = f32x4.splat(1.0 / 2);
let over6: v128 = f32x4.splat(1.0 / 6);
let over24: v128 = f32x4.splat(1.0 / 24);
let over120: v128 = f32x4.splat(1.0 / 120);
let over720: v128 = f32x4.splat(1.0 / 720);
let over5040: v128 = f32x4.splat(1.0 / 5040);

/**
 * e^x. Results below 2^-126 and above almost the largest float are cut off there, and NaN stays NaN.
 *
 * With x = n ln 2 + r, where n is whole and |r| <= ln 2 / 2, e^x = 2^n e^r. The Taylor polynomial of degree 7 errs by less
 * than 2 r^8 / 8! = 1.1e-8, relative to e^r >= 0.7 by less than 2^-25. The rounding of its last sum adds 2^-24, those before
 * together less than that, as they are scaled by |r| < 0.35: in all less than 2.5 * 2^-24 of the result.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  // NaN passes these, since it is the first operand.
  const inRange = f32x4.pmin(f32x4.pmax(x, lowest), highest);
  const shifted = multiplyAdd(inRange, perLn2, rounding);
  const n = f32x4.sub(shifted, rounding);
  const r = multiplyAdd(n, minusLowLn2, multiplyAdd(n, minusHighLn2, inRange));
  let power = multiplyAdd(r, over5040, over720);
  power = multiplyAdd(r, power, over120);
  power = multiplyAdd(r, power, over24);
  power = multiplyAdd(r, power, over6);
  power = multiplyAdd(r, power, over2);
  power = multiplyAdd(r, power, one);
  power = multiplyAdd(r, power, one);
  // The last bits of `shifted` are n: moved to where a float has its exponent, they multiply by 2^n.
  return i32x4.add(power, i32x4.shl(shifted, 23));
}

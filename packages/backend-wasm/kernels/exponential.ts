import { multiplyAdd } from './simd';

/** ln 2 in two parts: the first has 9 bits, so that its product with a whole number up to 128 is exact. */
const highLn2: f32 = 0.693359375;
const lowLn2: f32 = -2.12194440e-4;

/** Adding it to a number below 2^22 leaves the nearest whole number in the last bits. */
const roundingShift: f32 = 12582912; // 1.5 * 2^23

/**
 * e^x, from 2^-126 up to almost the largest float; smaller and larger results are cut off there, and NaN stays NaN.
 *
 * x = n ln 2 + r with a whole n and |r| <= ln 2 / 2 gives e^x = 2^n e^r. The Taylor polynomial of degree 7 errs by less than
 * r^8 / 8! = 5.2e-9, relatively 7.4e-9 < 2^-27, and its last sum, which is rounded to 2^-24, is added to numbers with
 * smaller roundings: in all less than 2^-23.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  // In this order of operands, NaN passes.
  const inRange = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87.3365)), f32x4.splat(88.7228));
  const shifted = multiplyAdd(inRange, f32x4.splat(1.44269504), f32x4.splat(roundingShift));
  const n = f32x4.sub(shifted, f32x4.splat(roundingShift));
  let r = multiplyAdd(n, f32x4.splat(-highLn2), inRange);
  r = multiplyAdd(n, f32x4.splat(-lowLn2), r);
  let y = multiplyAdd(r, f32x4.splat(1.0 / 5040), f32x4.splat(1.0 / 720));
  y = multiplyAdd(r, y, f32x4.splat(1.0 / 120));
  y = multiplyAdd(r, y, f32x4.splat(1.0 / 24));
  y = multiplyAdd(r, y, f32x4.splat(1.0 / 6));
  y = multiplyAdd(r, y, f32x4.splat(0.5));
  y = multiplyAdd(r, y, f32x4.splat(1));
  y = multiplyAdd(r, y, f32x4.splat(1));
  // The last bits of `shifted` are n: moved to where a float has its exponent, they multiply by 2^n.
  return i32x4.add(y, i32x4.shl(shifted, 23));
}

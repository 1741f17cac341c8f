/** a b + c: rounded once where the build may use the processor's fused instruction (relaxed SIMD), twice elsewhere. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the four numbers. */
// @ts-ignore: decorator
@inline
export function sumOf(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** The largest of the four numbers. */
// @ts-ignore: decorator
@inline
export function maximumOf(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** Reads the 1 to 3 numbers at the end of a row; the others are 0. */
export function loadRest(from: usize, count: i32): v128 {
  let x = v128.load32_zero(from);
  if (count > 1) x = v128.load_lane<f32>(from + 4, x, 1);
  if (count > 2) x = v128.load_lane<f32>(from + 8, x, 2);
  return x;
}

/** Writes the first 1 to 3 numbers. */
export function storeRest(to: usize, x: v128, count: i32): void {
  v128.store_lane<f32>(to, x, 0);
  if (count > 1) v128.store_lane<f32>(to + 4, x, 1);
  if (count > 2) v128.store_lane<f32>(to + 8, x, 2);
}

/** The first numbers, and 0 for the others. */
// @ts-ignore: decorator
@inline
export function keepFirst(x: v128, count: i32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

// A tile of C as wide as the 16 vector registers of x86 allow: with a fused multiply-add, 5 x 8 numbers are 10 registers,
// and 2 vectors of B and one number of A make 13. A product that is rounded before it is added takes one more for itself, and
// V8 then runs out of them; there the tile has 4 rows.
import { bytesOf } from '../floats';
import { multiplyAdd } from '../simd';

export const tileRows: i32 = ASC_FEATURE_RELAXED_SIMD ? 5 : 4;
export const tileColumns: i32 = 8;

/**
 * C = A B + D for a tile of C.
 *
 * A panel holds `tileRows` numbers for each of the `depth` inner indices, one of B `tileColumns`. Strides are in bytes; with a
 * `strideD` of 0, all rows of D are the same.
 */
export function microKernel(depth: i32, a: usize, b: usize, c: usize, strideC: usize, d: usize, strideD: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  for (; depth > 0; depth--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    if (tileRows == 5) {
      x = v128.load_splat<f32>(a, 16);
      c40 = multiplyAdd(x, b0, c40);
      c41 = multiplyAdd(x, b1, c41);
    }
    a += bytesOf(tileRows);
    b += bytesOf(tileColumns);
  }
  storeRow(c, c00, c01, d);
  storeRow(c + strideC, c10, c11, d + strideD);
  storeRow(c + 2 * strideC, c20, c21, d + 2 * strideD);
  storeRow(c + 3 * strideC, c30, c31, d + 3 * strideD);
  if (tileRows == 5) storeRow(c + 4 * strideC, c40, c41, d + 4 * strideD);
}

// @ts-ignore: decorator
@inline
function storeRow(to: usize, low: v128, high: v128, d: usize): void {
  v128.store(to, f32x4.add(low, v128.load(d)));
  v128.store(to, f32x4.add(high, v128.load(d, 16)), 16);
}

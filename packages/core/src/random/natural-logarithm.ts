const bits = new DataView(new ArrayBuffer(8));
const sqrtHalf = Math.SQRT1_2;

/**
 * ln(x) from additions, products and quotients alone, which IEEE 754 rounds the same everywhere. `Math.log` may differ in
 * the last bit between JavaScript engines, and then the same seed would not give the same data set.
 *
 * x = m · 2^e with m in [√½, √2), and ln(m) = 2 artanh(s) with s = (m-1)/(m+1), |s| < 0.1716. The first term left out,
 * s^25/25, is below 3e-21 for the largest s.
 *
 * @param x - positive, finite and not subnormal
 */
export function naturalLogarithm(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1022;
  bits.setUint32(0, (high & 0x000fffff) | (1022 << 20));
  let mantissa = bits.getFloat64(0); // in [0.5, 1)
  if (mantissa < sqrtHalf) {
    mantissa *= 2;
    exponent -= 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series = 0;
  for (let power = 23; power >= 1; power -= 2) series = series * square + 1 / power;
  return exponent * Math.LN2 + 2 * s * series;
}

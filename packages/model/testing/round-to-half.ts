/** The nearest number that float16 has, ties to even. */
export function roundToHalf(value: number): number {
  // Eleven significant bits; below 2^-14 they grow fewer.
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14);
  const unit = 2 ** (exponent - 10);
  const scaled = value / unit;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return (isUp ? below + 1 : below) * unit;
}

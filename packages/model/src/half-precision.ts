/** One IEEE half-precision number from its bits; exact. */
function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halfTable: Float32Array | undefined;

/** All 65,536 half-precision numbers: looking one up is faster than computing it. */
const halves = (): Float32Array => {
  halfTable ??= Float32Array.from({ length: 0x10000 }, (_, bits) => decodeHalf(bits));
  return halfTable;
};

/** Half-precision numbers as float32, which has every one of them exactly. */
export function decodeHalves(bits: Uint16Array): Float32Array {
  const table = halves();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!;
  return values;
}

/** The largest half-precision number. */
export const largestHalf = 65504;

/**
 * Rounds float32 numbers to the nearest half-precision ones, ties to even.
 *
 * @param values - numbers whose size is at most {@link largestHalf}
 * @param target - as many places; it may begin where `values` begins in the same memory
 * @returns the index of the first number that half precision does not have, -1 where there is none
 */
export function encodeHalves(values: Float32Array, target: Uint16Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < words.length; i++) {
    // A comparison that NaN fails too.
    if (!(Math.abs(values[i]!) <= largestHalf)) return i;
    const sign = (words[i]! >>> 16) & 0x8000;
    const size = words[i]! & 0x7fffffff;
    // Below 2^-14 halves are the multiples of 2^-24, as are the float32 numbers between 1/2 and 1, so that a sum rounds.
    if (size < 0x38800000) target[i] = sign | ((Math.fround(Math.abs(values[i]!) + 0.5) - 0.5) * 2 ** 24);
    // The exponent's bias is 127 in float32 and 15 here; what is added before 13 bits are dropped rounds to even.
    else target[i] = sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
  }
  return -1;
}

/** The largest whole number that a weight becomes; -128 is left out, so that the range is symmetric. */
const largestLevel = 127;

/** Where {@link quantize} writes. */
export interface Quantized {
  /** Whole numbers q, as many as there are values; they may begin where the values begin in the same memory. */
  readonly levels: Int8Array;
  /** One for each column. */
  readonly scales: Float32Array;
}

/**
 * Rounds the columns of a matrix to multiples of their scales, w ≈ scale · q with scale = max|w| / 127.
 *
 * @param values - row-major, its rows as long as `scales`
 * @returns the index of the first number that is not finite, -1 where all are
 */
export function quantize(values: Float32Array, { levels, scales }: Quantized): number {
  const columns = scales.length;
  scales.fill(0);
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      const size = Math.abs(values[start + column]!);
      if (!Number.isFinite(size)) return start + column;
      if (size > scales[column]!) scales[column] = size;
    }
  }
  for (let column = 0; column < columns; column++) scales[column]! /= largestLevel;
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      // Columns of zeros, and those so small that float32 has no scale for them, become zero.
      const ratio = values[start + column]! / (scales[column]! || Number.POSITIVE_INFINITY);
      // A scale that float32 rounds down far, below 1e-38, must not lead beyond a byte.
      levels[start + column] = Math.max(-largestLevel, Math.min(largestLevel, Math.round(ratio)));
    }
  }
  return -1;
}

/** The numbers that {@link quantize} made of a matrix. */
export function dequantize({ levels, scales }: Quantized): Float32Array {
  const values = new Float32Array(levels.length);
  const columns = scales.length;
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) values[start + column] = levels[start + column]! * scales[column]!;
  }
  return values;
}

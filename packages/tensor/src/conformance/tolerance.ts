import { SofdError } from '@sofd/core';
import { indicesOf, type Plain } from './plain/plain.js';

/** Half the distance from 1 to the next float32. */
const unitRoundoff = 2 ** -24;

/** What the tolerance of a comparison is derived from. */
export interface Allowance {
  /** Terms of the longest sum inside, or roundings that add up in another way; 1 when left out. */
  readonly terms?: number | undefined;
  /** The largest number in the sums inside, where it is larger than the results; 1 when left out. */
  readonly scale?: number | undefined;
}

/**
 * The allowed difference: a result is made of a few operations that are each right to some units in the last place (WGSL
 * allows 3 + 2|x| for exp and about 8 for log near 1; sixteen cover both), and a sum of n terms rounds n times, each time by
 * half a unit of a running sum that is as large as the largest result, or as `scale`.
 */
function toleranceOf({ data }: Plain, { terms = 1, scale = 1 }: Allowance): number {
  const largest = data.reduce((top, value) => Math.max(top, Math.abs(value)), scale);
  return unitRoundoff * (16 + terms) * largest;
}

/** Compares element by element, at the tolerance that the sums inside allow. */
export function assertClose(
  name: string,
  { got, expected, ...allowance }: { readonly got: Float32Array; readonly expected: Plain } & Allowance,
): void {
  if (got.length !== expected.data.length) throw failure(name, `${expected.data.length} values`, `${got.length}`);
  const tolerance = toleranceOf(expected, allowance);
  // Negated, so that NaN is outside.
  const isOutside = (value: number, i: number) => !(Math.abs((got[i] as number) - value) <= tolerance);
  const first = expected.data.findIndex(isOutside);
  if (first < 0) return;
  const outside = expected.data.reduce((count, value, i) => count + Number(isOutside(value, i)), 0);
  const place = `[${indicesOf(first, expected.shape).join(', ')}]`;
  const others = outside > 1 ? ` (and ${outside - 1} more outside)` : '';
  throw failure(name, `${expected.data[first]} at ${place} to ${tolerance.toExponential(1)}`, `${got[first]}${others}`);
}

/** Compares bit by bit, so that -0 is not 0 and a NaN is itself. */
export function assertSameBits(name: string, first: readonly Float32Array[], second: readonly Float32Array[]): void {
  const bits = ({ buffer, byteOffset, length }: Float32Array) => new Uint32Array(buffer, byteOffset, length);
  for (const [which, values] of first.entries()) {
    const other = second[which] as Float32Array;
    const wanted = bits(values);
    const place = bits(other).findIndex((value, i) => value !== wanted[i]);
    if (place >= 0) {
      throw failure(name, `${values[place]} at ${place} of result ${which} as the first time`, `${other[place]}`);
    }
  }
}

/** The error of a case that does not hold. */
export const failure = (name: string, expected: string, got: string): SofdError =>
  new SofdError('CONFORMANCE', `${name}: expected ${expected}, got ${got}; the engine is not fit for use.`);

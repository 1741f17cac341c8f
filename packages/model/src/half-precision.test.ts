import { createRandom } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { roundToHalf } from '../testing/round-to-half.js';
import { decodeHalves, encodeHalves, largestHalf } from './half-precision.js';

function round(values: Float32Array): Float32Array {
  const bits = new Uint16Array(values.length);
  expect(encodeHalves(values, bits)).toBe(-1);
  return decodeHalves(bits);
}

describe('half precision', () => {
  it('keeps every finite number that it has, bit by bit', () => {
    const finite = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
      (bits) => (bits & 0x7c00) !== 0x7c00,
    );
    const bits = new Uint16Array(finite.length);
    expect(encodeHalves(decodeHalves(finite), bits)).toBe(-1);
    expect(bits).toEqual(finite);
  });

  it('rounds to the nearest, ties to even, also where numbers are subnormal', () => {
    const all = decodeHalves(Uint16Array.from({ length: 0x7bff }, (_, bits) => bits + 1));
    const ties = all.subarray(1).map((value, index) => (value + all[index]!) / 2);
    const random = createRandom('halves');
    const others = Float32Array.from(
      { length: 20_000 },
      () => random.normal(0, 1) * 2 ** random.uniformBetween(-30, 12),
    );
    // Just beside each tie, one unit of float32 up or down.
    const words = new Uint32Array(ties.slice().buffer);
    const beside = [1, -1].map((step) => new Float32Array(words.map((word) => word + step).buffer));
    // The other way of rounding knows no negative zero.
    const unsigned = (values: Float32Array) => values.map((value) => value + 0);
    for (const values of [ties, others, ...beside])
      expect(unsigned(round(values))).toEqual(unsigned(values.map(roundToHalf)));
  });

  it('rounds where the numbers lie', () => {
    const values = Float32Array.of(1, -2.5, 3e-7, 65504, -0);
    const expected = round(values);
    encodeHalves(values, new Uint16Array(values.buffer, 0, values.length));
    expect(decodeHalves(new Uint16Array(values.buffer, 0, values.length))).toEqual(expected);
  });

  it.each([largestHalf + 1, -7e4, Number.POSITIVE_INFINITY, Number.NaN])('does not take %d', (value) => {
    expect(encodeHalves(Float32Array.of(1, value), new Uint16Array(2))).toBe(1);
  });
});

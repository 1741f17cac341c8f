import { createRandom } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { dequantize, quantize } from './quantize.js';

const random = createRandom('quantize');
const columns = 5;
/** Columns of very different sizes, one of them zero. */
const values = Float32Array.from({ length: 200 * columns }, (_, index) =>
  index % columns === 4 ? 0 : random.normal(0, 10 ** ((index % columns) - 2)),
);

describe('quantize', () => {
  it('is wrong by at most half a scale step for each weight', () => {
    const quantized = { levels: new Int8Array(values.length), scales: new Float32Array(columns) };
    expect(quantize(values, quantized)).toBe(-1);
    const rounded = dequantize(quantized);
    for (const [index, value] of values.entries()) {
      const scale = quantized.scales[index % columns]!;
      // Rounding to a whole number is wrong by 1/2 step. Float32 rounds scale and product, each by 2^-24 of a number of at
      // most 127 steps: 2 * 127 * 2^-24 < 2^-16 of a step.
      expect(Math.abs(rounded[index]! - value)).toBeLessThanOrEqual(scale * (0.5 + 2 ** -16));
    }
    expect(rounded.filter((_, index) => index % columns === 4).every((value) => value === 0)).toBe(true);
  });

  it('uses the whole range in each column, the same to both sides', () => {
    const levels = new Int8Array(4);
    quantize(Float32Array.of(3, -1, 1, 0.5), { levels, scales: new Float32Array(2) });
    expect([...levels]).toEqual([127, -127, 42, 64]); // 127 / 3 = 42.3; 63.5 up
  });

  it('rounds where the numbers lie', () => {
    const levels = new Int8Array(values.length);
    quantize(values, { levels, scales: new Float32Array(columns) });
    const own = values.slice();
    const inPlace = new Int8Array(own.buffer, 0, own.length);
    quantize(own, { levels: inPlace, scales: new Float32Array(columns) });
    expect(inPlace).toEqual(levels);
  });

  it('stays in range where float32 has hardly a scale', () => {
    const tiny = Float32Array.of(300 * 2 ** -149, -100 * 2 ** -149, 2 ** -149);
    const levels = new Int8Array(3);
    expect(quantize(tiny, { levels, scales: new Float32Array(1) })).toBe(-1);
    expect([...levels]).toEqual([127, -50, 1]); // the scale is 2 * 2^-149
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])('does not take %d', (value) => {
    const target = { levels: new Int8Array(2), scales: new Float32Array(2) };
    expect(quantize(Float32Array.of(1, value), target)).toBe(1);
  });
});

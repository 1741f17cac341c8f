import { InvalidOptionError, ShapeMismatchError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipMean, clipStd, normalizePixels, toModelInput } from './model-input.js';
import { resizeBicubic, resizeShortSide } from './resize-bicubic.js';

const side = fc.integer({ min: 1, max: 40 });

describe('resizeBicubic', () => {
  it('keeps a flat colour flat, at any size', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.integer({ min: 0, max: 255 }),
        (width, height, toWidth, toHeight, value) => {
          const image = { width, height, data: new Uint8Array(width * height * 3).fill(value) };
          const resized = resizeBicubic(image, { width: toWidth, height: toHeight });
          expect(resized.data.length).toBe(toWidth * toHeight * 3);
          expect(resized.data.every((entry) => entry === value)).toBe(true);
        },
      ),
    );
  });

  it('gives a copy when the size is the same', () => {
    const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const copy = resizeBicubic(image, { width: 2, height: 1 });
    expect(Array.from(copy.data)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(copy.data).not.toBe(image.data);
  });

  it('averages over all pixels when shrinking, so that fine stripes do not alias', () => {
    const data = Uint8Array.from({ length: 64 * 3 }, (_, i) => (Math.floor(i / 3) % 2 ? 255 : 0));
    const shrunk = resizeBicubic({ width: 64, height: 1, data }, { width: 8, height: 1 });
    // Without antialiasing the values would be 0 or 255; the border pixels see fewer neighbours.
    for (const value of shrunk.data.slice(3, -3)) expect(Math.abs(value - 127.5)).toBeLessThanOrEqual(2);
  });

  it('refuses sizes and images that make no sense', () => {
    const image = { width: 1, height: 1, data: new Uint8Array(3) };
    expect(() => resizeBicubic(image, { width: 0, height: 1 })).toThrowError(InvalidOptionError);
    expect(() => resizeBicubic(image, { width: 1, height: 1.5 })).toThrowError(InvalidOptionError);
    expect(() => resizeBicubic({ ...image, data: new Uint8Array(4) }, { width: 1, height: 1 })).toThrowError(
      ShapeMismatchError,
    );
  });
});

describe('resizeShortSide', () => {
  it('rounds the longer side down', () => {
    const photo = { width: 500, height: 333, data: new Uint8Array(500 * 333 * 3) };
    expect(resizeShortSide(photo, 224)).toMatchObject({ width: 336, height: 224 });
  });
});

describe('toModelInput', () => {
  it('squeezes to a square and normalises each channel by its own mean and deviation', () => {
    const input = toModelInput(
      { width: 3, height: 2, data: new Uint8Array(18).fill(255) },
      { imageSize: 2, mean: clipMean, std: clipStd },
    );
    expect(input.length).toBe(12);
    for (let channel = 0; channel < 3; channel++) {
      // One float32 rounding at each of three steps, at values near 2.
      expect(Math.abs(input[channel]! - (1 - clipMean[channel]!) / clipStd[channel]!)).toBeLessThan(5e-7);
    }
  });

  it('gives what normalising alone gives when the size fits', () => {
    const image = { width: 2, height: 2, data: Uint8Array.from({ length: 12 }, (_, i) => i * 20) };
    const options = { mean: clipMean, std: clipStd };
    expect(toModelInput(image, { imageSize: 2, ...options })).toEqual(normalizePixels(image, options));
  });
});

import { describe, expect, it } from 'vitest';
import { compareNumbers, parseTolerance } from './index.js';

describe('parseTolerance', () => {
  it.each([
    ['exact', 0, 0],
    ['exact if resampling is replicated; otherwise <=1 level', 0, 0],
    ['abs 1e-12', 1e-12, 0],
    ['abs 2e-5 (f32)', 2e-5, 0],
    ['abs 5e-3 (pixels) on translation, 1e-5 on the linear part', 5e-3, 0],
    ['rel 1e-10', 0, 1e-10],
    ['<=1 level', 1, 0],
  ])('reads "%s"', (text, absolute, relative) => {
    expect(parseTolerance(text)).toEqual({ absolute, relative });
  });

  it('refuses what it does not understand', () => {
    expect(() => parseTolerance('close enough')).toThrow('expected a tolerance');
  });
});

describe('compareNumbers', () => {
  const tolerance = { absolute: 0.1, relative: 0 };

  it('counts what is outside and says where the first is', () => {
    expect(compareNumbers([1, 2.05, 3.5, 5], [1, 2, 3, 4], tolerance)).toEqual({
      outside: 2,
      largest: 1,
      firstOutside: 2,
    });
    expect(compareNumbers([1000.5], [1000], { absolute: 0, relative: 1e-3 }).outside).toBe(0);
    expect(compareNumbers([1002], [1000], { absolute: 0, relative: 1e-3 }).outside).toBe(1);
  });

  it('takes numbers that are not finite for equal only to themselves', () => {
    const special = [Number.NaN, Infinity, -Infinity];
    expect(compareNumbers(special, special, tolerance).outside).toBe(0);
    expect(compareNumbers([0, 0, Infinity, Number.NaN], [...special, 1], tolerance).outside).toBe(4);
    expect(compareNumbers([Infinity], [1], { absolute: 0, relative: 1 }).outside).toBe(1);
    expect(compareNumbers([1], [Infinity], { absolute: 0, relative: 1e-3 }).outside).toBe(1);
  });

  it('refuses lists of different length', () => {
    expect(() => compareNumbers([1], [1, 2], tolerance)).toThrow('expected 2 numbers, got 1');
  });
});

import { expect, it } from 'vitest';
import { describeValue } from './index.js';

it.each([
  [undefined, 'nothing'],
  [null, 'null'],
  ['a', '"a"'],
  [Number.NaN, 'NaN'],
  [true, 'true'],
  [3n, '3'],
  [[1, 2], 'an array of 2'],
  [new Float32Array(2), 'Float32Array of 8 bytes'],
  [{ a: 1, b: 2 }, 'an object with a, b'],
  [{}, 'an empty object'],
  [Object.create(null), 'an empty object'],
  [new Map(), 'an object of class Map'],
  [() => 1, 'a function'],
])('describes %s', (value, text) => {
  expect(describeValue(value)).toBe(text);
});

it('shortens what is long', () => {
  expect(describeValue('x'.repeat(1000)).length).toBeLessThan(70);
});

import { expect, test } from 'vitest';
import { computeCosineSimilarity } from './cosine-similarity.js';

test('the cosine looks at directions alone, and is 0 where there is none', () => {
  const vector = Float32Array.of(1, 2, -2);
  expect(computeCosineSimilarity(vector, vector)).toBe(1);
  expect(computeCosineSimilarity(vector, Float32Array.of(-3, -6, 6))).toBe(-1);
  expect(computeCosineSimilarity(vector, Float32Array.of(2, 0, 1))).toBe(0);
  expect(computeCosineSimilarity(vector, new Float32Array(3))).toBe(0);
});

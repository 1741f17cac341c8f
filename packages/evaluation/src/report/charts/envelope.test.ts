import { createRandom } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { takeEnvelope } from './envelope.js';

describe('takeEnvelope', () => {
  it('returns few points as they are', () => {
    const points = [[1, 2]] as const;
    expect(takeEnvelope(points, 1)).toBe(points);
    expect(takeEnvelope([], 4)).toEqual([]);
  });

  it('keeps the ends and every spike, in order, and no more points than asked for', () => {
    const random = createRandom('envelope');
    const points = Array.from({ length: 10_007 }, (_, x) => [x, random.uniform()] as const);
    for (const [x, y] of [
      [1, 9],
      [5000, -9],
      [10_005, 8],
    ] as const)
      points[x] = [x, y];
    const kept = takeEnvelope(points, 240);
    expect(kept.length).toBeLessThanOrEqual(242);
    expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b));
    for (const x of [0, 1, 5000, 10_005, 10_006]) expect(kept).toContainEqual(points[x]);
  });
});

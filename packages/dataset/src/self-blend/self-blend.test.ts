import { createRandom } from '@sofd/core';
import { drawRegionMask } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace } from '../../testing/synthetic-face.js';
import { deformMask } from './elastic-mask.js';

const { mesh } = createSyntheticFace({ id: 'blended' });
const mask = drawRegionMask(mesh, 'face', { width: 112, height: 112 });

describe('deformMask', () => {
  test('moves the outline and keeps the area about as it was', () => {
    const deformed = deformMask(mask, createRandom(1)).data;
    const area = (data: Float32Array) => data.reduce((sum, value) => sum + value, 0);
    const moved = deformed.reduce((sum, value, i) => sum + Math.abs(value - mask.data[i]!), 0);
    expect(moved).toBeGreaterThan(0.01 * area(mask.data));
    // Shifts are at most 5.6 pixels on an outline of about 60 by 70: the area changes by under a sixth.
    expect(Math.abs(area(deformed) / area(mask.data) - 1)).toBeLessThan(0.17);
  });

  test('stays within 0 and 1, and differs by seed', () => {
    const [first, second] = [1, 2].map((seed) => deformMask(mask, createRandom(seed)).data) as [
      Float32Array,
      Float32Array,
    ];
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...first)).toBeLessThanOrEqual(1);
    expect(Buffer.from(first.buffer).equals(Buffer.from(second.buffer))).toBe(false);
  });
});

import { createRandom, DatasetError } from '@sofd/core';
import type { Point } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace } from '../../testing/synthetic-face.js';
import { computeDisplacementField, findLeastJacobian } from './displacement-field.js';
import { drawRegionEdit } from './region-edit.js';
import { fitThinPlateSpline } from './thin-plate-spline.js';
import { warp } from './warp.js';

const target = createSyntheticFace({ id: 'warped', size: 160 });
const regions = ['eyes', 'nose', 'mouth', 'eyebrow'] as const;

describe('fitThinPlateSpline', () => {
  const random = createRandom(5);
  const centers = Array.from(
    { length: 12 },
    (): Point => [random.uniformBetween(0, 100), random.uniformBetween(0, 100)],
  );

  test('hits every displacement, and is an affine map where they are', () => {
    const displacements = centers.map((): Point => [random.normal(), random.normal()]);
    const spline = fitThinPlateSpline(centers, displacements);
    centers.forEach(([x, y], i) => {
      // Float64 through a system of 15 unknowns whose entries reach 5e4.
      expect(spline(x, y)[0]).toBeCloseTo(displacements[i]![0], 8);
      expect(spline(x, y)[1]).toBeCloseTo(displacements[i]![1], 8);
    });
    const affine = fitThinPlateSpline(
      centers,
      centers.map(([x, y]): Point => [3 + 0.1 * x - 0.2 * y, 0.05 * y]),
    );
    expect(affine(250, -40)[0]).toBeCloseTo(36, 6);
    expect(affine(250, -40)[1]).toBeCloseTo(-2, 6);
  });
});

describe.each(regions)('warp of the %s', (region) => {
  test('does not fold, and falls smoothly to 0', () => {
    for (let seed = 0; seed < 8; seed++) {
      const edits = drawRegionEdit(target.mesh, region, createRandom(seed));
      const field = computeDisplacementField(target.crop, edits);
      expect(findLeastJacobian(field)).toBeGreaterThan(0);
      const largest = field.x.reduce((most, u, i) => Math.max(most, Math.hypot(u, field.y[i]!)), 0);
      expect(largest).toBeGreaterThan(1);
      let edge = 0;
      field.x.forEach((u, i) => {
        const right = i % field.width < field.width - 1 ? field.x[i + 1]! : u;
        const isEdge = (u === 0) !== (right === 0);
        if (isEdge) edge = Math.max(edge, Math.abs(u - right));
      });
      // Two continuous derivatives at the ring: the first pixel inside is of the third order of one pixel's way.
      expect(edge).toBeLessThan(0.02 * largest);
    }
  });
});

describe('warp', () => {
  test('carries the corners of the mouth to where they are drawn', () => {
    const [edit] = drawRegionEdit(target.mesh, 'mouth', createRandom(2));
    const field = computeDisplacementField(target.crop, [edit!]);
    const [x, y] = edit!.points[0]!;
    const [u, v] = edit!.displacements[0]!;
    const at = Math.round(y + v) * field.width + Math.round(x + u);
    // Read at the nearest pixel, up to 0.7 away, where the field differs by at most its slope, under 0.5 a pixel.
    expect(Math.hypot(field.x[at]! + u, field.y[at]! + v)).toBeLessThan(0.35);
  });

  test('labels a moved mouth as an expression, and refuses a region that it cannot edit', () => {
    const expand = (region: 'mouth' | 'skin') =>
      warp.expand({ target, donor: null, region, random: createRandom(1) }).manipulation;
    expect(expand('mouth')).toBe('expansion:expression');
    expect(() => expand('skin')).toThrow(DatasetError);
  });
});

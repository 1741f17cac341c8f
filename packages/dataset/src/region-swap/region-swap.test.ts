import { createRandom } from '@sofd/core';
import { type Matrix2x3, transformPoints } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace } from '../../testing/synthetic-face.js';
import { expansionRegions } from '../expansion-region.js';
import { alignRegion } from './align-region.js';
import { chooseDonor } from './choose-donor.js';

describe('alignRegion', () => {
  const { mesh } = createSyntheticFace({ id: 'a' });

  test.each(expansionRegions)('finds a similarity of the %s exactly, whatever the shear', (region) => {
    const similarity: Matrix2x3 = [0.98, -0.17, 12, 0.17, 0.98, -5];
    const moved = transformPoints(mesh, similarity);
    for (const shear of [0, 0.6, 1]) {
      alignRegion(mesh, moved, { region, shear }).forEach((value, i) => {
        // Points are float32 of about 100: 1e-5 relative, through a well-conditioned fit.
        expect(Math.abs(value - similarity[i]!)).toBeLessThan(1e-3);
      });
    }
  });

  test('finds an affine map exactly with shear 1, and keeps proportions with shear 0', () => {
    const affine: Matrix2x3 = [1.2, 0.1, 3, -0.05, 0.8, 7];
    const moved = transformPoints(mesh, affine);
    alignRegion(mesh, moved, { region: 'nose', shear: 1 }).forEach((value, i) => {
      expect(Math.abs(value - affine[i]!)).toBeLessThan(1e-3);
    });
    const [a, b, , d, e] = alignRegion(mesh, moved, { region: 'nose', shear: 0 });
    expect(a).toBeCloseTo(e, 10);
    expect(b).toBeCloseTo(-d, 10);
  });
});

describe('chooseDonor', () => {
  const target = createSyntheticFace({ id: 't', identity: 'p0' });
  const twin = createSyntheticFace({ id: 'twin', identity: 'p0' });
  const near = [1, 2, 3].map((n) => createSyntheticFace({ id: `near${n}`, identity: `n${n}`, tone: n }));
  const far = [1, 2, 3].map((n) =>
    createSyntheticFace({ id: `far${n}`, identity: `f${n}`, tone: -90, shift: [0.1, 0] }),
  );

  test('never takes the same person, and null where there is nobody else', () => {
    expect(chooseDonor(target, [target, twin], { region: 'nose', random: createRandom(1) })).toBeNull();
    for (let seed = 0; seed < 20; seed++) {
      expect(
        chooseDonor(target, [target, twin, ...near], { region: 'nose', random: createRandom(seed) })!.identity,
      ).not.toBe('p0');
    }
  });

  test('draws among the most similar faces, whatever the order of the candidates', () => {
    const drawn = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const first = chooseDonor(target, [...far, ...near], { region: 'nose', random: createRandom(seed) })!;
      expect(chooseDonor(target, [...near, ...far].reverse(), { region: 'nose', random: createRandom(seed) })!.id).toBe(
        first.id,
      );
      drawn.add(first.id);
    }
    expect([...drawn].sort()).toEqual(['near1', 'near2']);
  });
});

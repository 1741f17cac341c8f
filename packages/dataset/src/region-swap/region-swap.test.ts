import { createRandom } from '@sofd/core';
import { type Matrix2x3, transformPoints } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace, type SyntheticFaceOptions } from '../../testing/synthetic-face.js';
import { alignRegion } from './align-region.js';
import { chooseDonor } from './choose-donor.js';
import { measureOutline } from './face-outline.js';

describe('alignRegion', () => {
  const { mesh } = createSyntheticFace({ id: 'a' });

  test.each(['eyes', 'mouth', 'nose'] as const)(
    'finds a similarity of the %s exactly, whatever the shear',
    (region) => {
      const similarity: Matrix2x3 = [0.98, -0.17, 12, 0.17, 0.98, -5];
      const moved = transformPoints(mesh, similarity);
      for (const shear of [0, 0.6, 1]) {
        alignRegion(mesh, moved, { region, shear }).forEach((value, i) => {
          // Points are float32 of about 100: 1e-5 relative, through a well-conditioned fit.
          expect(Math.abs(value - similarity[i]!)).toBeLessThan(1e-3);
        });
      }
    },
  );

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
  const outline = (options: SyntheticFaceOptions) => measureOutline(createSyntheticFace(options));
  const target = outline({ id: 't', identity: 'p0' });
  const twin = outline({ id: 'twin', identity: 'p0' });
  const near = [1, 2, 3].map((n) => outline({ id: `near${n}`, identity: `n${n}`, tone: n }));
  const far = [1, 2, 3].map((n) => outline({ id: `far${n}`, identity: `f${n}`, tone: -90, shift: [0.1, 0] }));

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

  test('compares 256 of a crowd, drawn by the stream, and finds the few others among many faces of one person', () => {
    let compared = 0;
    const crowd = Array.from({ length: 5000 }, (_, i) => ({
      ...near[i % 3]!,
      id: `c${i}`,
      identity: `c${i}`,
      // The first number that a comparison reads.
      get tones() {
        compared++;
        return near[i % 3]!.tones;
      },
    }));
    const draw = (seed: number) => chooseDonor(target, crowd, { region: 'nose', random: createRandom(seed) })!.id;
    const first = draw(1);
    // At most each value of 256 tones and its length.
    expect(compared).toBeLessThanOrEqual(256 * (target.tones.length + 1));
    expect(draw(1)).toBe(first);
    expect(new Set([1, 2, 3, 4, 5].map(draw)).size).toBeGreaterThan(1);
    const mostlyOne = [...Array.from({ length: 5000 }, () => twin), near[0]!];
    expect(chooseDonor(target, mostlyOne, { region: 'nose', random: createRandom(1) })!.id).toBe('near1');
  });
});

import { createRandom, DatasetError } from '@sofd/core';
import { computeCosineSimilarity } from '@sofd/face';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterIdentities } from './cluster-identities.js';
import { splitNames } from './split-by-group.js';
import { splitByIdentity } from './split-by-identity.js';

describe('clusterIdentities', () => {
  const face = (id: string, ...descriptor: number[]) => ({ id, source: id, descriptor: Float32Array.from(descriptor) });

  const turned = (id: string, degrees: number, source = id) => ({
    ...face(id, Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)),
    source,
  });

  test('joins faces whose mean similarity reaches the threshold', () => {
    const { identityOf, members } = clusterIdentities([turned('c', 200), turned('a', 0), turned('b', 20)], {
      threshold: 0.9,
    });
    expect(members.get('p000')).toEqual(['a', 'b']);
    expect(identityOf.get('c')).toBe('p001');
  });

  test('does not chain strangers together', () => {
    // Neighbours are 20 degrees apart (cosine 0.94), the ends 100 degrees.
    const { members } = clusterIdentities(
      [0, 20, 40, 60, 80, 100].map((degrees) => turned(`f${degrees}`, degrees)),
      { threshold: 0.9 },
    );
    expect(members.size).toBe(3);
  });

  test('keeps two faces of one photograph apart, unless it is a collage', () => {
    const near = [turned('a', 0, 'photo'), turned('b', 45, 'photo'), turned('c', 30)];
    expect(clusterIdentities(near, { threshold: 0.5 }).identityOf.get('a')).not.toBe(
      clusterIdentities(near, { threshold: 0.5 }).identityOf.get('b'),
    );
    expect(clusterIdentities([turned('a', 0, 'photo'), turned('b', 1, 'photo')], { threshold: 0.5 }).members.size).toBe(
      1,
    );
  });

  /** Average linkage by its definition: the two clusters of the largest mean similarity, until it is under the threshold. */
  function clusterNaively(faces: readonly { id: string; descriptor: Float32Array }[], threshold: number): string[][] {
    const clusters = faces.map((one) => [one]);
    const mean = (first: (typeof clusters)[number], second: (typeof clusters)[number]) => {
      const all = first.flatMap((a) => second.map((b) => computeCosineSimilarity(a.descriptor, b.descriptor)));
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    for (;;) {
      let best: readonly [number, number, number] = [0, 0, -Infinity];
      for (let i = 0; i < clusters.length; i++)
        for (let j = i + 1; j < clusters.length; j++) {
          const similarity = mean(clusters[i]!, clusters[j]!);
          if (similarity > best[2]) best = [i, j, similarity];
        }
      if (best[2] < threshold) return clusters.map((own) => own.map(({ id }) => id).sort());
      clusters[best[0]]!.push(...clusters.splice(best[1], 1)[0]!);
    }
  }

  test('is average linkage', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.3, max: 0.98, noNaN: true }), (seed, threshold) => {
        const random = createRandom(seed);
        const faces = Array.from({ length: 24 }, (_, i) =>
          face(`f${String(i).padStart(2, '0')}`, random.normal(), random.normal(), random.normal()),
        );
        const { members } = clusterIdentities(faces, { threshold });
        expect([...members.values()].sort()).toEqual(clusterNaively(faces, threshold).sort());
      }),
    );
  });

  test('does not depend on the order of the faces', () => {
    const random = createRandom(3);
    const faces = Array.from({ length: 20 }, (_, i) =>
      face(`f${i}`, random.normal(), random.normal(), random.normal()),
    );
    const first = clusterIdentities(faces, { threshold: 0.9 });
    const second = clusterIdentities(random.shuffle(faces), { threshold: 0.9 });
    expect([...second.identityOf].sort()).toEqual([...first.identityOf].sort());
  });
});

describe('splitByIdentity', () => {
  const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);

  test('puts everybody into one split, none empty, near the fractions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 300 }), fc.integer(), (count, seed) => {
        const fractions = { train: 0.6, validation: 0.2, test: 0.2 };
        const splits = splitByIdentity(people(count), { seed, fractions });
        expect(splits.size).toBe(count);
        for (const name of splitNames) {
          const own = [...splits.values()].filter((split) => split === name).length;
          expect(own).toBeGreaterThanOrEqual(count >= 6 ? 2 : 1);
          // Largest remainder misses by under one; small sets pay for the least of two in each split.
          expect(Math.abs(own - fractions[name] * count)).toBeLessThan(count >= 10 ? 1 : 2);
        }
      }),
    );
  });

  test('is the same for the same seed and any order', () => {
    const once = splitByIdentity(people(12), { seed: 5 });
    expect(splitByIdentity([...people(12).reverse(), 'p3'], { seed: 5 })).toEqual(once);
    expect(splitByIdentity(people(12), { seed: 6 })).not.toEqual(once);
  });

  test('says what is missing', () => {
    expect(() => splitByIdentity(people(2), { seed: 1 })).toThrow(DatasetError);
    expect(() => splitByIdentity(people(2), { seed: 1 })).toThrow(/at least 3 different people.*got 2/);
    expect(splitByIdentity(people(1), { seed: 1, fractions: { train: 1, validation: 0, test: 0 } }).get('p0')).toBe(
      'train',
    );
    expect(() => splitByIdentity(people(9), { seed: 1, fractions: { train: -1, validation: 1, test: 1 } })).toThrow(
      DatasetError,
    );
  });
});

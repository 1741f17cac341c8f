import { createRandom } from '@sofd/core';
import { computeCosineSimilarity } from '@sofd/face';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLeakage, type LeakageRow } from './find-leakage.js';
import { findNearDuplicates } from './find-near-duplicates.js';
import { splitByGroup, splitNames } from './split-by-group.js';

const row = (id: string, split: LeakageRow['split'], fields: Partial<LeakageRow> = {}): LeakageRow => ({
  id,
  split,
  identity: id,
  source: id,
  ...fields,
});

describe('findLeakage', () => {
  const vector = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));

  it.each([
    ['identities', { identity: 'x' }, 'identity x'],
    ['sources', { source: 'x' }, 'source x'],
    ['videos', { video: 'x' }, 'video x'],
    ['duplicates', { hash: 'x' }, 'hash x'],
    ['nearDuplicates', { descriptor: vector(0) }, 'similarity 1.000'],
  ] as const)('finds %s in two splits, and only there', (kind, fields, name) => {
    const report = findLeakage([row('b', 'test', fields), row('a', 'train', fields), row('c', 'train', fields)]);
    expect(report[kind].examples[0]).toEqual({ name, ids: ['a', 'b'] });
    expect(report[kind].count).toBe(kind === 'nearDuplicates' ? 2 : 1);
    expect(report.clean).toBe(false);
    expect(findLeakage([row('a', 'test', fields), row('b', 'test', fields)]).clean).toBe(true);
    const others = Object.entries(report).filter(([key]) => key !== kind && key !== 'clean');
    expect(others.map(([, value]) => value)).toEqual(others.map(() => ({ count: 0, examples: [] })));
  });

  it('finds a parent in another split', () => {
    const report = findLeakage([row('a', 'train'), row('b', 'test', { parents: ['a', 'gone'] }), row('c', 'test')]);
    expect(report.parents).toEqual({ count: 1, examples: [{ name: 'parent a', ids: ['a', 'b'] }] });
  });

  it('counts all and keeps some', () => {
    const rows = Array.from({ length: 40 }, (_, i) => row(`r${i}`, i % 2 ? 'train' : 'test', { source: `s${i >> 1}` }));
    const { sources } = findLeakage(rows, { examples: 3 });
    expect([sources.count, sources.examples.length]).toEqual([20, 3]);
  });

  it('finds nothing in what splitByGroup made', () => {
    const random = createRandom(4);
    const items = Array.from({ length: 200 }, (_, i) => ({
      id: `i${i}`,
      identity: `p${random.integer(120)}`,
      groups: [`v${random.integer(150)}`],
      split: random.uniform() < 0.2 ? random.pick(splitNames) : null,
    }));
    const { splitOf } = splitByGroup(items, { seed: 1 });
    const rows = items.map(({ id, identity, groups }) => row(id, splitOf.get(id)!, { identity, video: groups[0]! }));
    expect(findLeakage(rows).clean).toBe(true);
  });
});

describe('findNearDuplicates', () => {
  it('finds what comparing all numbers of all pairs finds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -0.2, max: 0.95, noNaN: true }), (seed, similarity) => {
        const random = createRandom(seed);
        // 200 numbers are four chunks, the last not whole; a common part makes pairs alike.
        const common = Array.from({ length: 200 }, () => random.normal());
        const faces = Array.from({ length: 20 }, (_, i) => {
          const weight = random.uniform();
          const descriptor = Float32Array.from(common, (value) => weight * value + (1 - weight) * random.normal());
          return { id: `f${i}`, split: random.pick(splitNames), descriptor };
        });
        const expected = faces.flatMap((a, i) =>
          faces
            .slice(i + 1)
            .filter((b) => a.split !== b.split && computeCosineSimilarity(a.descriptor, b.descriptor) >= similarity)
            .map((b) => [a.id, b.id]),
        );
        expect([...findNearDuplicates(faces, { similarity })].map(({ ids }) => ids)).toEqual(expected);
      }),
    );
  });
});

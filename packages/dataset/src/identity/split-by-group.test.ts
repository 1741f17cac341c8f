import { DatasetError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SplitItem, splitByGroup, splitNames } from './split-by-group.js';

const item = (id: string, fields: Partial<SplitItem> = {}): SplitItem => ({
  id,
  identity: null,
  groups: [],
  split: null,
  ...fields,
});

const items = fc
  .array(
    fc.record({
      identity: fc.option(fc.integer({ min: 0, max: 40 }).map(String)),
      groups: fc.array(fc.integer({ min: 0, max: 60 }).map(String), { maxLength: 3 }),
      split: fc.option(fc.constantFrom(...splitNames), { freq: 3 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((list) => list.map((fields, i) => ({ id: `i${i}`, ...fields })));

describe('splitByGroup', () => {
  it('never parts what shares an identity or a group', () => {
    fc.assert(
      fc.property(items, fc.integer(), (list, seed) => {
        fc.pre(list.some(({ split }) => split !== null));
        const { splitOf } = splitByGroup(list, { seed });
        expect(splitOf.size).toBe(list.length);
        for (const a of list)
          for (const b of list) {
            const share =
              (a.identity !== null && a.identity === b.identity) || a.groups.some((g) => b.groups.includes(g));
            if (share) expect(splitOf.get(a.id)).toBe(splitOf.get(b.id));
          }
      }),
    );
  });

  it('keeps every published test item in test, and reports whatever moved', () => {
    fc.assert(
      fc.property(items, fc.integer(), (list, seed) => {
        fc.pre(list.some(({ split }) => split !== null));
        const { splitOf, conflicts } = splitByGroup(list, { seed });
        const inConflict = new Set(conflicts.flatMap(({ ids }) => ids));
        for (const { id, split } of list) {
          if (split === 'test') expect(splitOf.get(id)).toBe('test');
          if (split !== null && splitOf.get(id) !== split) expect(inConflict).toContain(id);
        }
      }),
    );
  });

  it('does not depend on the order of the items, and does on the seed', () => {
    const list = Array.from({ length: 30 }, (_, i) => item(`i${i}`, { groups: [`g${Math.floor(i / 2)}`] }));
    const once = splitByGroup(list, { seed: 5 });
    expect([...splitByGroup([...list].reverse(), { seed: 5 }).splitOf].sort()).toEqual([...once.splitOf].sort());
    expect([...splitByGroup(list, { seed: 6 }).splitOf].sort()).not.toEqual([...once.splitOf].sort());
  });

  it('joins over chains, and does not take an identity for a group of the same name', () => {
    const fractions = { train: 1, validation: 0, test: 1 };
    const chain = [
      item('a', { groups: ['v1'] }),
      item('b', { groups: ['v1'], identity: 'x' }),
      item('c', { identity: 'x' }),
    ];
    const { splitOf } = splitByGroup([...chain, item('d', { groups: ['x'] })], { seed: 1, fractions });
    expect(new Set(['a', 'b', 'c'].map((id) => splitOf.get(id))).size).toBe(1);
    expect(splitOf.get('d')).not.toBe(splitOf.get('a'));
  });

  it('counts published groups towards the fractions', () => {
    const published = Array.from({ length: 50 }, (_, i) => item(`p${i}`, { split: 'train' }));
    const free = Array.from({ length: 50 }, (_, i) => item(`f${i}`));
    const { splitOf } = splitByGroup([...published, ...free], {
      seed: 1,
      fractions: { train: 5, validation: 2, test: 3 },
    });
    const count = (name: string) => [...splitOf.values()].filter((split) => split === name).length;
    expect(splitNames.map(count)).toEqual([50, 20, 30]);
  });

  it('reports a conflict with what was published', () => {
    const list = [item('a', { identity: 'x', split: 'train' }), item('b', { identity: 'x', split: 'test' }), item('c')];
    expect(splitByGroup(list, { seed: 1 }).conflicts).toEqual([
      { ids: ['a', 'b'], published: { train: 1, validation: 0, test: 1 }, split: 'test' },
    ]);
  });

  it('says what is missing, unless splits are published', () => {
    expect(() => splitByGroup([item('a'), item('b')], { seed: 1 })).toThrow(/at least 3 different people.*got 2/);
    expect(splitByGroup([item('a', { split: 'test' })], { seed: 1 }).splitOf.get('a')).toBe('test');
    expect(() => splitByGroup([item('a')], { seed: 1, fractions: { train: 0, validation: 0, test: 0 } })).toThrow(
      DatasetError,
    );
  });
});

import type { SplitName } from '@sofd/core';
import { type SplitOptions, splitByGroup } from './split-by-group.js';

/**
 * Assigns people to splits, so that nobody is in two of them: {@link splitByGroup} where people are all that is known.
 *
 * @param identities names of people, duplicates allowed
 * @param options the seed decides who goes where; `fractions` of the people, by count
 * @returns the split of every person; every split with a fraction above 0 has at least one
 * @throws DatasetError where there are fewer people than splits, or a fraction is not a number of 0 or more
 *
 * @example
 * ```ts
 * const splits = splitByIdentity(['p000', 'p001', 'p002'], { seed: 7 });
 * splits.get('p001'); // 'train' | 'validation' | 'test'
 * ```
 */
export function splitByIdentity(identities: readonly string[], options: SplitOptions): ReadonlyMap<string, SplitName> {
  const people = [...new Set(identities)].map((id) => ({ id, identity: id, groups: [], split: null }));
  return splitByGroup(people, options).splitOf;
}

import { createRandom, DatasetError, type SplitName } from '@sofd/core';
import { compareText } from '../compare-text.js';

/** The three parts of a data set, in their order. */
export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/** Part of the people that each split gets; any positive scale, 0 for none. */
export type SplitFractions = Readonly<Record<SplitName, number>>;

/** Half of the people are trained on, a fifth tune, the rest judge. */
export const defaultFractions: SplitFractions = { train: 0.5, validation: 0.2, test: 0.3 };

/** People for each split: at least two where there are enough (a swap needs another person), the rest by largest remainder. */
function countPeople(total: number, fractions: SplitFractions): Record<SplitName, number> {
  const used = splitNames.filter((name) => fractions[name] > 0);
  const sum = used.reduce((all, name) => all + fractions[name], 0);
  const least = total >= 2 * used.length ? 2 : 1;
  const counts: Record<SplitName, number> = { train: 0, validation: 0, test: 0 };
  for (const name of used) counts[name] = Math.max(least, Math.floor((fractions[name] / sum) * total));
  const missing = () => total - used.reduce((all, name) => all + counts[name], 0);
  const surplus = (name: SplitName) => counts[name] - (fractions[name] / sum) * total;
  const byNeed = () => [...used].sort((a, b) => surplus(a) - surplus(b));
  while (missing() > 0) counts[byNeed()[0]!]++;
  while (missing() < 0)
    counts[
      byNeed()
        .filter((name) => counts[name] > least)
        .at(-1)!
    ]--;
  return counts;
}

/**
 * Assigns people to splits, so that nobody is in two of them.
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
export function splitByIdentity(
  identities: readonly string[],
  { seed, fractions = defaultFractions }: { readonly seed: number | string; readonly fractions?: SplitFractions },
): Map<string, SplitName> {
  const people = [...new Set(identities)].sort(compareText);
  const used = splitNames.filter((name) => fractions[name] > 0);
  if (used.length === 0 || splitNames.some((name) => !(fractions[name] >= 0 && fractions[name] < Infinity))) {
    throw new DatasetError(
      `splitByIdentity: expected finite fractions of 0 or more, one of them above 0, got ${JSON.stringify(fractions)}; ` +
        'give a fraction for train, validation and test',
    );
  }
  if (people.length < used.length) {
    throw new DatasetError(
      `splitByIdentity: expected at least ${used.length} different people for the splits ${used.join(', ')}, got ${people.length}; ` +
        'add photographs of more people, or set the fraction of a split to 0',
    );
  }
  const counts = countPeople(people.length, fractions);
  const shuffled = createRandom(seed).split('split-by-identity').shuffle(people);
  const assigned = new Map<string, SplitName>();
  let next = 0;
  for (const name of splitNames) {
    for (const person of shuffled.slice(next, next + counts[name])) assigned.set(person, name);
    next += counts[name];
  }
  return assigned;
}

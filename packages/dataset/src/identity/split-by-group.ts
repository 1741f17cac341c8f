import { createRandom, DatasetError, type SplitName } from '@sofd/core';
import { append } from '../append.js';
import { compareText } from '../compare-text.js';
import { findComponents } from './find-components.js';

/** The three parts of a data set, in their order. */
export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/** Part of the groups that each split gets; any positive scale, 0 for none. */
export type SplitFractions = Readonly<Record<SplitName, number>>;

/** Half of the people are trained on, a fifth tune, the rest judge. */
export const defaultFractions: SplitFractions = { train: 0.5, validation: 0.2, test: 0.3 };

/** What is assigned to a split; the items of a `SourceListing` are such. */
export interface SplitItem {
  /** Unique. */
  readonly id: string;
  /** Who is shown, `null` where nobody knows. */
  readonly identity: string | null;
  /** Videos, photographs or people that everything derived from them shares. */
  readonly groups: readonly string[];
  /** The published split, `null` where there is none. */
  readonly split: SplitName | null;
}

/** Items that belong together, though they were published in different splits. */
export interface SplitConflict {
  /** Sorted. */
  readonly ids: readonly string[];
  /** How many of them were published in each split. */
  readonly published: Readonly<Record<SplitName, number>>;
  /** Where all of them are now. */
  readonly split: SplitName;
}

/** Who is where. */
export interface GroupSplit {
  /** The split of every item, by id. */
  readonly splitOf: ReadonlyMap<string, SplitName>;
  /** Sorted by their first id. */
  readonly conflicts: readonly SplitConflict[];
}

/** How to split. */
export interface SplitOptions {
  /** Decides who goes where. */
  readonly seed: number | string;
  /** Parts of the groups, by their number; {@link defaultFractions} unless given. */
  readonly fractions?: SplitFractions;
}

interface Component {
  /** Sorted. */
  readonly items: readonly SplitItem[];
  readonly published: Readonly<Record<SplitName, number>>;
}

/** How many items were published in each split. */
export function countPublished(items: readonly Pick<SplitItem, 'split'>[]): Record<SplitName, number> {
  const published = { train: 0, validation: 0, test: 0 };
  for (const { split } of items) if (split !== null) published[split]++;
  return published;
}

const keysOf = ({ id, identity, groups }: SplitItem): string[] => [
  `id ${id}`,
  ...(identity === null ? [] : [`identity ${identity}`]),
  ...groups.map((group) => `group ${group}`),
];

function collectComponents(items: readonly SplitItem[]): Component[] {
  const sorted = [...items].sort((a, b) => compareText(a.id, b.id));
  const roots = findComponents(sorted.map(keysOf));
  const members = new Map<number, SplitItem[]>();
  for (const [i, item] of sorted.entries()) append(members, roots[i]!, item);
  return [...members.values()].map((own) => ({ items: own, published: countPublished(own) }));
}

/** The last of the splits that some were published in: test before validation before train. */
const choosePublished = ({ published }: Component): SplitName | null =>
  splitNames.findLast((name) => published[name] > 0) ?? null;

/**
 * Which splits the unpublished groups go to: always where most are missing. A split first gets two where there are enough,
 * since a swap needs another person.
 */
function dealSplits(free: number, taken: Readonly<Record<SplitName, number>>, fractions: SplitFractions): SplitName[] {
  const used = splitNames.filter((name) => fractions[name] > 0);
  const sum = used.reduce((all, name) => all + fractions[name], 0);
  const total = free + used.reduce((all, name) => all + taken[name], 0);
  const least = total >= 2 * used.length ? 2 : 1;
  const counts = { ...taken };
  const need = (name: SplitName) => (fractions[name] / sum) * total - counts[name] + (counts[name] < least ? total : 0);
  for (let dealt = 0; dealt < free; dealt++) {
    counts[used.reduce((best, name) => (need(name) > need(best) ? name : best))]++;
  }
  return used.flatMap((name) => Array<SplitName>(counts[name] - taken[name]).fill(name));
}

function checkFractions(fractions: SplitFractions): void {
  const isUsable = splitNames.every((name) => fractions[name] >= 0 && fractions[name] < Infinity);
  if (isUsable && splitNames.some((name) => fractions[name] > 0)) return;
  throw new DatasetError(
    `splitByGroup: expected finite fractions of 0 or more, one of them above 0, got ${JSON.stringify(fractions)}; ` +
      'give a fraction for train, validation and test',
  );
}

function checkGroups(free: number, taken: Readonly<Record<SplitName, number>>, fractions: SplitFractions): void {
  const empty = splitNames.filter((name) => fractions[name] > 0 && taken[name] === 0);
  // Where splits are published, an unpublished one may stay empty: nobody asked for it.
  if (free >= empty.length || splitNames.some((name) => taken[name] > 0)) return;
  throw new DatasetError(
    `splitByGroup: expected at least ${empty.length} different people for the splits ${empty.join(', ')}, got ${free}; ` +
      'add photographs of more people, or set the fraction of a split to 0',
  );
}

/**
 * Assigns items to splits, so that no person and no group is in two of them.
 *
 * Items that share an identity or a group belong together, and so do those that share one with such. What belongs together
 * stays together:
 * - Where some of it was published in a split, all of it goes there.
 * - Where it was published in several, all of it goes to the last: test before validation before train. So a published test
 *   set stays whole and figures on it comparable, and training loses what it shared with it. Each such case is reported.
 * - The rest is dealt by the seed, so that the numbers of groups come as near to the fractions as they can.
 *
 * @param items in any order: the result depends on what they say alone
 * @param options seed and fractions
 * @returns the split of every item, and the conflicts
 * @throws DatasetError where a fraction is not a number of 0 or more, or where nothing is published and there are fewer groups
 * than splits
 *
 * @example
 * ```ts
 * const item = { groups: [], split: null };
 * const { splitOf } = splitByGroup(
 *   [
 *     { ...item, id: 'a.mp4', identity: 'anna' },
 *     { ...item, id: 'b.mp4', identity: 'anna' },
 *     { ...item, id: 'c.mp4', identity: 'ben' },
 *   ],
 *   { seed: 7, fractions: { train: 1, validation: 0, test: 1 } },
 * );
 * splitOf.get('a.mp4') === splitOf.get('b.mp4'); // true
 * ```
 */
export function splitByGroup(
  items: readonly SplitItem[],
  { seed, fractions = defaultFractions }: SplitOptions,
): GroupSplit {
  checkFractions(fractions);
  const components = collectComponents(items);
  const free = components.filter((component) => choosePublished(component) === null);
  const taken = { train: 0, validation: 0, test: 0 };
  const splitOf = new Map<string, SplitName>();
  const conflicts: SplitConflict[] = [];
  const assign = (component: Component, split: SplitName) => {
    for (const { id } of component.items) splitOf.set(id, split);
  };
  for (const component of components) {
    const split = choosePublished(component);
    if (split === null) continue;
    taken[split]++;
    assign(component, split);
    const { items: own, published } = component;
    if (splitNames.filter((name) => published[name] > 0).length > 1)
      conflicts.push({ ids: own.map(({ id }) => id), published, split });
  }
  checkGroups(free.length, taken, fractions);
  const splits = dealSplits(free.length, taken, fractions);
  const shuffled = createRandom(seed).split('split-by-group').shuffle(free);
  for (const [i, component] of shuffled.entries()) assign(component, splits[i]!);
  return { splitOf, conflicts };
}

import type { SplitName } from '@sofd/core';
import { compareText } from '../compare-text.js';
import { findNearDuplicates } from './find-near-duplicates.js';

/** What is known of an image; the rows of a data set are such, without the last two. */
export interface LeakageRow {
  /** Unique. */
  readonly id: string;
  readonly split: SplitName;
  readonly identity: string | null;
  /** The photograph or file that the image came from. */
  readonly source: string;
  /** The video that it came from. */
  readonly video?: string | null;
  /** The rows that it was made from. */
  readonly parents?: readonly string[];
  /** Hash of its pixels or of its file. */
  readonly hash?: string | null;
  /** Face descriptor of `FaceFinder.describe`, all of one length. */
  readonly descriptor?: Float32Array | null;
}

/** One thing that crosses splits. */
export interface LeakageExample {
  /** What is shared, as `identity p004`. */
  readonly name: string;
  /** Two rows of different splits. */
  readonly ids: readonly [string, string];
}

/** How often something of one kind crosses splits. */
export interface LeakageCount {
  /** Identities, sources, videos, parents or hashes in several splits; pairs of near-duplicates. */
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly LeakageExample[];
}

/** What splits have in common, though they must not. */
export interface LeakageReport {
  readonly identities: LeakageCount;
  readonly sources: LeakageCount;
  readonly videos: LeakageCount;
  /** Rows whose parent is in another split: a donor or the original. */
  readonly parents: LeakageCount;
  /** The same image twice. */
  readonly duplicates: LeakageCount;
  /** Faces so alike that one is a copy of the other, resized or compressed. */
  readonly nearDuplicates: LeakageCount;
  /** Whether nothing crosses splits. */
  readonly clean: boolean;
}

/** How to look. */
export interface LeakageOptions {
  /**
   * Least cosine similarity of the descriptors of near-duplicates, 0.9 by default. Of 120 portraits, copies at JPEG quality 60
   * were alike by 0.936 or more, copies of 0.6 times the size by 0.88 or more but for one in twenty, two people by 0.71 at most.
   */
  readonly similarity?: number;
  /** How many examples of each kind are kept, 20 by default. */
  readonly examples?: number;
}

function countExamples(found: Iterable<LeakageExample>, most: number): LeakageCount {
  const examples: LeakageExample[] = [];
  let count = 0;
  for (const example of found) if (++count <= most) examples.push(example);
  return { count, examples };
}

/** For every key of rows in several splits: the key, the first row, and the first one of another split. */
function* findCrossing(
  rows: readonly LeakageRow[],
  name: string,
  keyOf: (row: LeakageRow) => string | null | undefined,
): Generator<LeakageExample, void, undefined> {
  const firstWith = new Map<string, LeakageRow>();
  const crossing = new Set<string>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null || key === undefined || crossing.has(key)) continue;
    const first = firstWith.get(key);
    if (first === undefined) firstWith.set(key, row);
    else if (first.split !== row.split) {
      crossing.add(key);
      yield { name: `${name} ${key}`, ids: [first.id, row.id] };
    }
  }
}

function* findDistantParents(rows: readonly LeakageRow[]): Generator<LeakageExample, void, undefined> {
  const splitOf = new Map(rows.map(({ id, split }) => [id, split]));
  for (const { id, split, parents = [] } of rows) {
    for (const parent of parents) {
      const other = splitOf.get(parent);
      if (other !== undefined && other !== split) yield { name: `parent ${parent}`, ids: [parent, id] };
    }
  }
}

function* findAlike(rows: readonly LeakageRow[], similarity: number): Generator<LeakageExample, void, undefined> {
  const described = rows.flatMap(({ id, split, descriptor }) => (descriptor ? [{ id, split, descriptor }] : []));
  for (const pair of findNearDuplicates(described, { similarity })) {
    yield { name: `similarity ${pair.similarity.toFixed(3)}`, ids: pair.ids };
  }
}

/**
 * Looks for what crosses splits: people, sources, videos, parents, equal images and near-duplicate faces.
 *
 * It looks at the rows alone, not at how they were split, so it also judges splits that others made.
 *
 * @param rows in any order; kinds of which the rows say nothing have a count of 0
 * @param options the similarity of near-duplicates, and how many examples to keep
 * @returns counts with examples, in the order of the rows' ids
 *
 * @example
 * ```ts
 * const row = { source: 'party.jpg', identity: 'p000' };
 * const { clean, identities } = findLeakage([
 *   { ...row, id: 'a', split: 'train' },
 *   { ...row, id: 'b', split: 'test' },
 * ]);
 * clean; // false
 * identities.examples[0].name; // 'identity p000'
 * ```
 */
export function findLeakage(
  rows: readonly LeakageRow[],
  { similarity = 0.9, examples = 20 }: LeakageOptions = {},
): LeakageReport {
  const sorted = [...rows].sort((a, b) => compareText(a.id, b.id));
  const count = (found: Iterable<LeakageExample>) => countExamples(found, examples);
  const kinds = {
    identities: count(findCrossing(sorted, 'identity', (row) => row.identity)),
    sources: count(findCrossing(sorted, 'source', (row) => row.source)),
    videos: count(findCrossing(sorted, 'video', (row) => row.video)),
    parents: count(findDistantParents(sorted)),
    duplicates: count(findCrossing(sorted, 'hash', (row) => row.hash)),
    nearDuplicates: count(findAlike(sorted, similarity)),
  };
  return { ...kinds, clean: Object.values(kinds).every((kind) => kind.count === 0) };
}

import type { SplitName } from '@sofd/core';
import { listMedia, type Medium } from '../common/list-media.js';
import { folderOf, joinPath, withoutMediaExtension } from '../common/path-parts.js';
import { findColumn, readTable, type Table } from '../common/read-table.js';
import { reportMissing } from '../common/report-missing.js';
import { findSplit, parseSplitName } from '../common/split-name.js';
import type { FileTree } from '../file-tree.js';
import type { SourceProblem } from '../source.js';

/** A real image and the fake that was made from it. */
export interface Pair {
  readonly real: Medium;
  readonly fake: Medium;
  readonly split: SplitName | null;
  readonly identity: string | null;
  readonly manipulation: string | null;
  readonly method: string | null;
}

/** Names of the columns; the first that a table has counts. */
const pairColumns = {
  real: ['real', 'original', 'target'],
  fake: ['fake', 'manipulated', 'altered'],
  split: ['split', 'set'],
  identity: ['identity', 'identity_cluster', 'person', 'subject', 'actor'],
  manipulation: ['manipulation'],
  method: ['method'],
} as const;

const sides = /^(real|fake)$/i;

/** Whether a table lists pairs. */
const isPairTable = (table: Table): boolean =>
  findColumn(table, pairColumns.real) !== undefined && findColumn(table, pairColumns.fake) !== undefined;

/** The CSV files that may list pairs: those with a header that names both sides. */
export async function findPairTable(tree: FileTree): Promise<Table | undefined> {
  for (const path of tree.files.filter((file) => /\.csv$/i.test(file) && file.split('/').length <= 3)) {
    const table = await readTable(tree, path);
    if (isPairTable(table)) return table;
  }
  return undefined;
}

/** Pairs as a table lists them: paths from its folder, or names within `real/` and `fake/`, with or without extension. */
export function readListedPairs(tree: FileTree, table: Table, problems: SourceProblem[]): Pair[] {
  const top = folderOf(table.path);
  const media = new Map(listMedia(tree.files, 'images').map((medium) => [withoutMediaExtension(medium.id), medium]));
  const column = (name: keyof typeof pairColumns) => findColumn(table, pairColumns[name]);
  const columns = { real: column('real')!, fake: column('fake')! };
  const find = (side: 'real' | 'fake', cell: string): Medium | undefined => {
    const name = withoutMediaExtension(cell);
    return media.get(joinPath(top, name)) ?? media.get(joinPath(top, side, name));
  };
  const optional = (row: Readonly<Record<string, string>>, name: keyof typeof pairColumns): string | null =>
    row[column(name) ?? '']?.trim() || null;
  const pairs: Pair[] = [];
  for (const row of table.rows) {
    const [real, fake] = [find('real', row[columns.real]!), find('fake', row[columns.fake]!)];
    if (real === undefined || fake === undefined) continue;
    const identity = optional(row, 'identity');
    const split = parseSplitName(optional(row, 'split') ?? '');
    pairs.push({
      ...{ real, fake, split, identity },
      manipulation: optional(row, 'manipulation'),
      method: optional(row, 'method'),
    });
  }
  for (const side of ['real', 'fake'] as const) {
    const what = `${side} images of ${table.path}`;
    const names = table.rows.map((row) => row[columns[side]] ?? '');
    problems.push(
      ...reportMissing(names, (name) => find(side, name) !== undefined, { path: joinPath(top, side), what }),
    );
  }
  return pairs;
}

/** What a medium in `real/` or `fake/` is a side of: its path with the side left out. */
function findSide(medium: Medium): { side: 'real' | 'fake'; key: string } | null {
  const index = medium.folders.findIndex((folder) => sides.test(folder));
  if (index < 0) return null;
  const rest = [...medium.folders.slice(0, index), ...medium.folders.slice(index + 1), medium.name];
  return { side: medium.folders[index]!.toLowerCase() as 'real' | 'fake', key: rest.join('/') };
}

/** Pairs of `real/` and `fake/` by equal names, and the rest. */
export function matchPairs(tree: FileTree): { pairs: Pair[]; alone: { real: Medium[]; fake: Medium[] } } {
  const reals = new Map<string, Medium>();
  const alone: { real: Medium[]; fake: Medium[] } = { real: [], fake: [] };
  const fakes: { key: string; medium: Medium }[] = [];
  for (const medium of listMedia(tree.files, 'images')) {
    const found = findSide(medium);
    if (found?.side === 'real') reals.set(found.key, medium);
    if (found?.side === 'fake') fakes.push({ key: found.key, medium });
  }
  const pairs: Pair[] = [];
  for (const { key, medium: fake } of fakes) {
    const real = reals.get(key);
    if (real === undefined) alone.fake.push(fake);
    else {
      const split = findSplit(fake.folders);
      pairs.push({ real, fake, split, identity: null, manipulation: null, method: null });
    }
  }
  const paired = new Set(pairs.map(({ real }) => real));
  alone.real = [...reals.values()].filter((medium) => !paired.has(medium));
  return { pairs, alone };
}

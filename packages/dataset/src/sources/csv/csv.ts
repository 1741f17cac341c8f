import { DatasetError, faceForensicsAnnotations } from '@sofd/core';
import { findManipulation } from '../common/classify-method.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listMedia } from '../common/list-media.js';
import { commonFolder, folderOf, joinPath, withoutMediaExtension } from '../common/path-parts.js';
import { findColumn, readTable, type Table } from '../common/read-table.js';
import { reportMissing } from '../common/report-missing.js';
import { parseSplitName } from '../common/split-name.js';
import type { FileTree } from '../file-tree.js';
import type { DatasetSource, SourceProblem } from '../source.js';

/** Names of the columns; the first that a table has counts. */
const columnNames = {
  path: ['path', 'file', 'filename', 'file_name', 'image', 'video'],
  label: ['label'],
  manipulation: ['manipulation'],
  method: ['method'],
  identity: ['identity', 'person', 'subject'],
  group: ['group', 'groups'],
  split: ['split', 'set'],
  real: ['real', 'original'],
  mask: ['mask'],
  showable: ['showable'],
} as const;
type Column = keyof typeof columnNames;
type Row = Readonly<Record<Column, string>>;

const realWords = new Set(['real', 'original', '0']);
const fakeWords = new Set(['fake', 'manipulated', '1']);
const yesWords = new Set(['yes', 'true', '1']);

async function findTable(tree: FileTree, problems?: SourceProblem[]): Promise<Table | undefined> {
  for (const path of tree.files.filter((file) => /\.csv$/i.test(file) && file.split('/').length <= 2)) {
    const table = await readTable(tree, path, problems);
    if (findColumn(table, columnNames.path) !== undefined && findColumn(table, columnNames.label) !== undefined)
      return table;
  }
  return undefined;
}

/** The rows with the columns under their first names, empty where a table lacks one. */
const readRows = (table: Table): Row[] => {
  const columns = Object.entries(columnNames).map(([name, names]) => [name, findColumn(table, names)] as const);
  return table.rows.map(
    (row) =>
      Object.fromEntries(
        columns.map(([name, column]) => [name, column === undefined ? '' : (row[column] ?? '')]),
      ) as Row,
  );
};

function describe(row: Row, keyOf: (path: string) => string): Description {
  const word = row.label.toLowerCase();
  const split = parseSplitName(row.split);
  const groups = row.group.split(';').map((group) => group.trim());
  const named = [...groups, row.identity === '' ? '' : `identity ${row.identity}`].filter((group) => group !== '');
  const isFake = fakeWords.has(word);
  // A fake belongs with its real one, which may have no other name than its path.
  const origin = isFake && row.real !== '' ? keyOf(row.real) : keyOf(row.path);
  const facts = {
    key: keyOf(row.path),
    identity: row.identity || null,
    groups: named.length > 0 ? named : [origin],
    split,
  };
  if (realWords.has(word)) return facts;
  if (!isFake) return { skip: `its label is neither real nor fake but "${row.label}"` };
  const how = row.manipulation === '' ? findManipulation(row.method || 'unnamed') : { manipulation: row.manipulation };
  if ('skip' in how)
    return row.method === '' ? { skip: 'neither the column "manipulation" nor "method" says how it was made' } : how;
  return {
    ...facts,
    fake: {
      method: row.method || row.manipulation,
      manipulation: how.manipulation,
      real: row.real === '' ? undefined : keyOf(row.real),
    },
    mask: row.mask === '' ? undefined : keyOf(row.mask),
  };
}

/** A problem for keys that the built-in tables lack: the user's own table must have them. */
function reportUnknownKeys(rows: readonly Row[], path: string): SourceProblem[] {
  const known = new Set(Object.keys(faceForensicsAnnotations.graph));
  const unknown = new Set(rows.map(({ manipulation }) => manipulation).filter((key) => key !== '' && !known.has(key)));
  if (unknown.size === 0) return [];
  const problem = `manipulations that only an annotation table of your own can label: ${[...unknown].join(', ')}`;
  return [{ path, problem }];
}

/**
 * Any images and videos that a CSV in the folder lists: columns `path`, `label` and, where known, `manipulation`, `method`,
 * `identity`, `group`, `split`, `real`, `mask`, `showable`.
 */
export const csv: DatasetSource = {
  name: 'csv',
  title: 'CSV',
  homepage: null,
  layout: 'a CSV with columns path, label (manipulation, method, identity, group, split, real, mask, showable)',
  async recognise(tree) {
    return (await findTable(tree)) === undefined ? 0 : 0.85;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const table = await findTable(tree, problems);
    if (table === undefined)
      throw new DatasetError(
        'inspectSource: expected a CSV with columns path and label in the folder, got none; write one, see the guide to data sets.',
      );
    const top = folderOf(table.path);
    const keyOf = (path: string): string => withoutMediaExtension(joinPath(top, path.replace(/^\.\//, '')));
    const rows = readRows(table);
    const byKey = new Map(rows.map((row) => [keyOf(row.path), row]));
    const masks = new Set(rows.filter(({ mask }) => mask !== '').map(({ mask }) => keyOf(mask)));
    const media = listMedia(tree.files, (folder) => (byKey.has(folder) || masks.has(folder) ? 'frames' : 'images'));
    const { items, problems: left } = collectItems(media, (medium) => {
      const key = withoutMediaExtension(medium.id);
      const row = byKey.get(key);
      if (row !== undefined) return describe(row, keyOf);
      return masks.has(key) ? { maskOf: key } : { skip: `${table.path} does not list it` };
    });
    const found = new Set(media.map(({ id }) => withoutMediaExtension(id)));
    const options = { path: commonFolder(tree.files), what: `files of ${table.path}` };
    problems.push(
      ...reportMissing(
        rows.map(({ path }) => path),
        (path) => found.has(keyOf(path)),
        options,
      ),
    );
    problems.push(...reportUnknownKeys(rows, table.path));
    const showable = rows.length > 0 && rows.every((row) => yesWords.has(row.showable.toLowerCase()));
    return {
      source: 'csv',
      title: `${items.length} items of ${table.path}`,
      items,
      problems: [...problems, ...left],
      showable,
    };
  },
};

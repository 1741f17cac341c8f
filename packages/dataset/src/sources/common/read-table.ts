import Papa from 'papaparse';
import type { FileTree } from '../file-tree.js';
import type { SourceProblem } from '../source.js';

/** A CSV file with a header. */
export interface Table {
  readonly path: string;
  /** Names of the columns, in lower case. */
  readonly columns: readonly string[];
  /** Cells by column, trimmed; a cell that a row lacks is empty. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * Reads a CSV file with a header: RFC 4180, any of the usual delimiters, with or without a byte order mark.
 *
 * @param tree the data set
 * @param path the file
 * @param problems takes rows that do not parse, as one problem
 */
export async function readTable(tree: FileTree, path: string, problems: SourceProblem[] = []): Promise<Table> {
  const text = await tree.readText(path);
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim().toLowerCase(),
    transform: (cell) => cell.trim(),
  });
  // One column has no delimiter to find.
  const wrong = errors.filter(({ code }) => code !== 'UndetectableDelimiter');
  if (wrong.length > 0) {
    const { row, message } = wrong[0]!;
    problems.push({
      path,
      problem: `${wrong.length} rows do not parse, the first in row ${(row ?? 0) + 2}: ${message}`,
    });
  }
  return { path, columns: meta.fields ?? [], rows: data };
}

/** The first of some column names that a table has. */
export const findColumn = (table: Table, names: readonly string[]): string | undefined =>
  names.find((name) => table.columns.includes(name));

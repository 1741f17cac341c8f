import {
  assertLegalTargets,
  DatasetError,
  type DatasetRow,
  datasetRowSchema,
  type LabelGraph,
  parseWith,
  SofdError,
} from '@sofd/core';
import { describeTargets } from '../relabel/relabel.js';
import { metadataFile } from './dataset-info.js';

/** A row and the line it stands on, from 1. */
interface NumberedRow {
  readonly row: DatasetRow;
  readonly line: number;
}

const at = (line: number) => `${metadataFile}:${line}`;

function problemsOf(error: unknown, where: string): string[] {
  if (!SofdError.isInstance(error)) throw error;
  if (error.problems.length > 0) return error.problems.map((problem) => `${where}: ${problem}`);
  return [error.message.startsWith(where) ? error.message : `${where}: ${error.message}`];
}

function parseLine(text: string, line: number, problems: string[]): NumberedRow[] {
  if (text === '') return [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    problems.push(`${at(line)}: expected one JSON object, got ${JSON.stringify(text.slice(0, 40))}`);
    return [];
  }
  try {
    return [{ row: parseWith(datasetRowSchema, json, at(line), DatasetError), line }];
  } catch (error) {
    problems.push(...problemsOf(error, at(line)));
    return [];
  }
}

/** Parses the lines of `metadata.jsonl`; what is wrong is appended to `problems`. */
export function parseRows(content: string, problems: string[]): NumberedRow[] {
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const rows = lines.flatMap((text, i) => {
    if (text.trim() === '') problems.push(`${at(i + 1)}: expected one JSON object, got an empty line`);
    return parseLine(text.trim(), i + 1, problems);
  });
  if (lines.length === 0) problems.push(`${metadataFile}: expected at least one row, got an empty file`);
  return rows;
}

function checkLabels({ row, line }: NumberedRow, graph: LabelGraph): string[] {
  try {
    assertLegalTargets(graph, row.targets, at(line));
  } catch (error) {
    return problemsOf(error, at(line));
  }
  const { label, altered } = describeTargets(graph, row.targets);
  const problems: string[] = [];
  if (label !== row.label) problems.push(`${at(line)}: expected label ${label} as its targets say, got ${row.label}`);
  if (altered.join() !== row.altered.join()) {
    problems.push(
      `${at(line)}: expected altered [${altered.join(', ')}] as its targets say, got [${row.altered.join(', ')}]`,
    );
  }
  return problems;
}

function checkFiles({ row, line }: NumberedRow, files: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (!files.has(row.file_name)) problems.push(`${at(line)}: expected the file ${row.file_name}, got none`);
  if (row.mask !== null && !files.has(row.mask)) problems.push(`${at(line)}: expected the mask ${row.mask}, got none`);
  if (!row.file_name.startsWith(`${row.split}/`)) {
    problems.push(`${at(line)}: expected a file under ${row.split}/ as its split says, got ${row.file_name}`);
  }
  return problems;
}

/** Finds values that stand in more than one row. */
function checkUnique(rows: readonly NumberedRow[], key: 'id' | 'file_name'): string[] {
  const first = new Map<string, number>();
  return rows.flatMap(({ row, line }) => {
    const before = first.get(row[key]);
    if (before === undefined) first.set(row[key], line);
    return before === undefined
      ? []
      : [`${at(line)}: expected a unique ${key}, got ${row[key]} again, first in line ${before}`];
  });
}

/** Parents exist and share the split; a person is in one split. */
function checkRelations(rows: readonly NumberedRow[]): string[] {
  const splitOf = new Map(rows.map(({ row }) => [row.id, row.split]));
  const personSplit = new Map<string, string>();
  return rows.flatMap(({ row, line }) => {
    const problems = row.parents.flatMap((parent) => {
      const split = splitOf.get(parent);
      if (split === undefined) return [`${at(line)}: expected the parent ${parent} among the rows, got none`];
      return split === row.split
        ? []
        : [`${at(line)}: expected the parent ${parent} in ${row.split}, got it in ${split}`];
    });
    const known = personSplit.get(row.identity) ?? row.split;
    personSplit.set(row.identity, known);
    if (known !== row.split)
      problems.push(`${at(line)}: expected ${row.identity} in one split, got ${known} and ${row.split}`);
    return problems;
  });
}

/**
 * Checks rows against each other, the label graph and the files there are.
 *
 * @param rows parsed rows
 * @param graph label graph of the data set
 * @param files paths in the folder, with `/`
 * @returns all problems, each with its line
 */
export function checkRows(rows: readonly NumberedRow[], graph: LabelGraph, files: ReadonlySet<string>): string[] {
  return [
    ...rows.flatMap((row) => [...checkFiles(row, files), ...checkLabels(row, graph)]),
    ...checkUnique(rows, 'id'),
    ...checkUnique(rows, 'file_name'),
    ...checkRelations(rows),
  ];
}

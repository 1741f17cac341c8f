import type { Row } from './rows.js';

/** The columns of a terminal. */
const headings = [
  'work',
  'threads',
  'ours',
  'spread ours',
  'peer',
  'theirs',
  'spread theirs',
  'ratio',
  'goal',
  'MiB ours / theirs',
  'of peak',
] as const;

/** In a page, what one looks for comes first: a table is wider than a phone. */
const pageHeadings = [
  'engine',
  'threads',
  'ratio',
  'goal',
  'ours',
  'theirs',
  'peer',
  'spread ours',
  'spread theirs',
  'MiB ours / theirs',
  'of peak',
] as const;

type Heading = (typeof headings | typeof pageHeadings)[number];

/** Columns of numbers are set flush right. */
const isNumeric = (heading: Heading) => heading !== 'work' && heading !== 'engine' && heading !== 'peer';

/** Three significant digits at least, no exponent. Counts stay whole. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return `${value}`;
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

const formatOr = (value: number | null | undefined) =>
  value === null || value === undefined ? '–' : formatNumber(value);
const formatRange = (range: readonly [number, number] | null | undefined) =>
  range ? range.map(formatNumber).join(' to ') : '–';

function formatRow({
  name,
  threads,
  peer,
  unit,
  ours,
  theirs,
  ratio,
  goal,
  spread,
  memory,
  peakShare,
  others,
}: Row): Record<Heading, string> {
  const slower = Object.entries(others).map(([other, median]) => ` (${other}: ${formatNumber(median)})`);
  return {
    work: name,
    engine: name.slice(name.lastIndexOf(', ') + 2),
    threads: `${threads}`,
    ours: `${formatNumber(ours)} ${unit}`,
    'spread ours': formatRange(spread?.ours),
    peer: peer === null ? 'absent' : `${peer}${slower.join('')}`,
    theirs: theirs === null ? '–' : `${formatNumber(theirs)} ${unit}`,
    'spread theirs': formatRange(spread?.theirs),
    ratio: peer !== null && ratio === null ? 'refused' : formatOr(ratio),
    goal: goal === null ? 'stated' : `${goal}${ratio === null ? '' : ratio >= goal ? ' met' : ' missed'}`,
    'MiB ours / theirs': memory ? `${memory.ours.toFixed(0)} / ${memory.theirs?.toFixed(0) ?? '–'}` : '–',
    'of peak': peakShare === null ? '–' : `${(100 * peakShare).toFixed(0)} %`,
  };
}

/** The rows as a table for a terminal. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [headings, ...rows.map(formatRow).map((cells) => headings.map((heading) => cells[heading]))];
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const pad = (cell: string, column: number) =>
    isNumeric(headings[column]!) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  return lines.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
}

/** The rows as Markdown: a table for each work, under its name. */
export function formatMarkdown(rows: readonly Row[]): string {
  const workOf = ({ name }: Row) => name.slice(0, name.lastIndexOf(', '));
  const works = [...new Set(rows.map(workOf))];
  return works.map((work) => `### ${work}\n\n${formatWork(rows.filter((row) => workOf(row) === work))}`).join('\n\n');
}

function formatWork(rows: readonly Row[]): string {
  const rule = pageHeadings.map((heading) => (isNumeric(heading) ? '---:' : '---'));
  // A number stays on the line of its unit.
  const format = (cells: Record<Heading, string>) =>
    pageHeadings.map((heading) => (isNumeric(heading) ? cells[heading].replaceAll(' ', '\u00a0') : cells[heading]));
  return [pageHeadings, rule, ...rows.map(formatRow).map(format)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

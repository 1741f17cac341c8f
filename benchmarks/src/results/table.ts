import type { Row } from './rows.js';

const headings = [
  'work',
  'threads',
  'ours',
  'spread',
  'peer',
  'theirs',
  'spread',
  'ratio',
  'goal',
  'MiB ours / theirs',
  'of peak',
];

/** Columns of numbers are set flush right. */
const isNumeric = (heading: string) => heading !== 'work' && heading !== 'peer';

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
}: Row): string[] {
  const slower = Object.entries(others).map(([other, median]) => ` (${other}: ${formatNumber(median)})`);
  return [
    name,
    `${threads}`,
    `${formatNumber(ours)} ${unit}`,
    formatRange(spread?.ours),
    peer === null ? 'absent' : `${peer}${slower.join('')}`,
    theirs === null ? '–' : `${formatNumber(theirs)} ${unit}`,
    formatRange(spread?.theirs),
    peer !== null && ratio === null ? 'refused' : formatOr(ratio),
    goal === null ? 'stated' : `${goal}${ratio === null ? '' : ratio >= goal ? ' met' : ' missed'}`,
    memory ? `${memory.ours.toFixed(0)} / ${memory.theirs?.toFixed(0) ?? '–'}` : '–',
    peakShare === null ? '–' : `${(100 * peakShare).toFixed(0)} %`,
  ];
}

/** The rows as a table for a terminal. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [headings, ...rows.map(formatRow)];
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const pad = (cell: string, column: number) =>
    isNumeric(headings[column]!) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  return lines.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
}

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
];

/** The rows as Markdown: a table for each work, under its name. */
export function formatMarkdown(rows: readonly Row[]): string {
  const workOf = ({ name }: Row) => name.slice(0, name.lastIndexOf(', '));
  const works = [...new Set(rows.map(workOf))];
  return works.map((work) => `### ${work}\n\n${formatWork(rows.filter((row) => workOf(row) === work))}`).join('\n\n');
}

function formatWork(rows: readonly Row[]): string {
  const isNumeric = (heading: string) => heading !== 'engine' && heading !== 'peer';
  const lines = rows.map((row) => {
    const [name, threads, ours, spreadOurs, peer, theirs, spreadTheirs, ratio, goal, memory, peak] = formatRow(row);
    const engine = name!.slice(name!.lastIndexOf(', ') + 2);
    const cells = [engine, threads, ratio, goal, ours, theirs, peer, spreadOurs, spreadTheirs, memory, peak];
    // A number stays on the line of its unit.
    return cells.map((cell, column) => (isNumeric(pageHeadings[column]!) ? cell!.replaceAll(' ', '\u00a0') : cell!));
  });
  const rule = pageHeadings.map((heading) => (isNumeric(heading) ? '---:' : '---'));
  return [pageHeadings, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

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

/** The rows as a Markdown table. */
export function formatMarkdown(rows: readonly Row[]): string {
  const rule = headings.map((heading) => (isNumeric(heading) ? '---:' : '---'));
  return [headings, rule, ...rows.map(formatRow)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

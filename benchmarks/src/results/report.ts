import type { Row } from './rows.js';
import { formatMarkdown } from './table.js';

const begin = '<!-- bench -->';
const end = '<!-- /bench -->';

/**
 * Puts the table and what it was measured with into a page, in the place of what its markers enclose.
 *
 * @throws Error when the page has no markers.
 */
export function insertReport(page: string, rows: readonly Row[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(
      `bench: expected the lines ${begin} and ${end} in the page, got none; write them where the table belongs.`,
    );
  }
  return `${page.slice(0, from + begin.length)}\n\n${formatReport(rows)}\n\n${page.slice(to)}`;
}

function formatReport(rows: readonly Row[]): string {
  const machines = rows.map(({ machine: { processor, cores, memoryGiB, system, date } }) => {
    return `Measured on ${date}: ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}.`;
  });
  const peaks = rows.flatMap(({ machine }) => machine.peak ?? []).sort((a, b) => b.gflops - a.gflops);
  const best = peaks[0] ? ` A core does at most ${peaks[0].gflops.toFixed(0)} GFLOP/s (${peaks[0].vectors}).` : '';
  const versions = rows.flatMap(({ versions: { ours, theirs } }) => [ours, ...(theirs === null ? [] : [theirs])]);
  const unique = (lines: readonly string[]) => [...new Set(lines)];
  return [
    `${unique(machines).join('\n')}${best}`,
    formatMarkdown(rows),
    unique(versions)
      .map((version) => `- ${version}`)
      .join('\n'),
    ...unique(rows.flatMap(({ absent }) => absent)).map((reason) => `Absent: ${reason}`),
  ].join('\n\n');
}

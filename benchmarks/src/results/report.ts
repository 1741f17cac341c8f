import type { Machine } from './machine.js';
import type { Row } from './rows.js';
import { formatMarkdown } from './table.js';

/** What `--json` writes. */
export interface Report {
  readonly machine: Machine;
  readonly rows: readonly Row[];
  readonly absent: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

const begin = '<!-- bench -->';
const end = '<!-- /bench -->';

/**
 * Puts the table and what it was measured with into a page, in the place of what its markers enclose.
 *
 * @throws Error when the page has no markers.
 */
export function insertReport(page: string, report: Report): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`bench: expected the lines ${begin} and ${end} in the page; write them where the table belongs.`);
  return `${page.slice(0, from + begin.length)}\n\n${formatReport(report)}\n\n${page.slice(to)}`;
}

function formatReport({ machine, rows, absent, versions }: Report): string {
  const { processor, cores, memoryGiB, system, peak, date } = machine;
  const peakText = peak
    ? `${peak.gflops.toFixed(0)} GFLOP/s a core (${peak.vectors})`
    : 'the peak of a core was not measured';
  return [
    `${date}, ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}; ${peakText}.`,
    '',
    formatMarkdown(rows),
    '',
    ...Object.entries(versions).map(([name, description]) => `- ${name}: ${description}`),
    ...absent.map((reason) => `- absent: ${reason}`),
  ].join('\n');
}

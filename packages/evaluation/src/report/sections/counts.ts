import { formatCount } from '../html/format.js';
import { type Html, html } from '../html/html.js';

/** Images of one kind in each split. */
export interface SplitCount {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

const splits = ['train', 'validation', 'test'] as const;

/** Counts rows by some names and by split, names in order of first appearance; a row may have several. */
export function countBySplit<Row extends { readonly split: (typeof splits)[number] }>(
  rows: readonly Row[],
  namesOf: (row: Row) => readonly string[],
): Map<string, SplitCount> {
  const counts = new Map<string, Record<(typeof splits)[number], number>>();
  for (const row of rows)
    for (const name of namesOf(row)) {
      const count = counts.get(name) ?? { train: 0, validation: 0, test: 0 };
      count[row.split]++;
      counts.set(name, count);
    }
  return counts;
}

interface CountTable {
  readonly caption: string;
  /** What the first column names. */
  readonly heading: string;
  /** Whether the rows add up to all images; they do not where an image has several of them. */
  readonly total: boolean;
}

/** A table of images by some names and by split. */
export function renderCounts(
  counts: readonly (SplitCount & { readonly name: string })[],
  { caption, heading, total }: CountTable,
): Html {
  const cells = (numbers: readonly number[]) =>
    [...numbers, numbers.reduce((a, b) => a + b, 0)].map(
      (number) => html`<td class="number">${formatCount(number)}</td>`,
    );
  const totals = splits.map((split) => counts.reduce((sum, count) => sum + count[split], 0));
  return html`<table class="table table-narrow">
<caption>${caption}</caption>
<thead><tr><th scope="col">${heading}</th><th scope="col" class="number">Train</th><th scope="col" class="number"><abbr title="Validation">Valid.</abbr></th><th scope="col" class="number">Test</th><th scope="col" class="number">All</th></tr></thead>
<tbody>${counts.map((count) => html`<tr><th scope="row">${count.name}</th>${cells(splits.map((split) => count[split]))}</tr>`)}</tbody>
${total && html`<tfoot><tr><th scope="row">All</th>${cells(totals)}</tr></tfoot>`}
</table>`;
}

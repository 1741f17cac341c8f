import { renderBadge } from '../html/badge.js';
import { formatCount } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import { type ReportImage, toDataUrl } from '../html/image.js';

/** Images of one mode (original, region-swap, blend-only ...) in each split. */
export interface DatasetCount {
  readonly mode: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** One row of the contact sheet. */
export interface DatasetSample {
  /** The face before. */
  readonly target: ReportImage;
  /** Where it was altered, white on black; null if nowhere. */
  readonly mask: ReportImage | null;
  /** The face after. */
  readonly result: ReportImage;
  readonly label: 'real' | 'fake';
  readonly mode: string;
  /** Names of the altered labels; empty for real. */
  readonly altered: readonly string[];
  /** A remark, for instance the row's id. */
  readonly note?: string;
}

/** What the model saw. */
export interface DatasetSection {
  readonly kind: 'dataset';
  readonly title?: string;
  readonly lead?: string;
  readonly counts: readonly DatasetCount[];
  readonly samples: readonly DatasetSample[];
}

const splits = ['train', 'validation', 'test'] as const;

/**
 * Counts data set rows by mode and split, modes in order of first appearance.
 *
 * @param rows - Rows of `metadata.jsonl`.
 * @example
 * ```ts
 * countRows([{ mode: 'original', split: 'train' }]); // [{ mode: 'original', train: 1, validation: 0, test: 0 }]
 * ```
 */
export function countRows(
  rows: readonly { readonly mode: string; readonly split: 'train' | 'validation' | 'test' }[],
): DatasetCount[] {
  const counts = new Map<string, Record<(typeof splits)[number], number>>();
  for (const { mode, split } of rows) {
    const count = counts.get(mode) ?? { train: 0, validation: 0, test: 0 };
    count[split]++;
    counts.set(mode, count);
  }
  return [...counts].map(([mode, count]) => ({ mode, ...count }));
}

/** Renders the count table and the contact sheet. */
export function renderDataset({ counts, samples }: DatasetSection): Html {
  return html`${counts.length > 0 && renderCounts(counts)}
${samples.length > 0 && html`<ul class="sheet">${samples.map(renderSample)}</ul>`}`;
}

function renderCounts(counts: readonly DatasetCount[]): Html {
  const totals = splits.map((split) => counts.reduce((sum, count) => sum + count[split], 0));
  const row = (numbers: readonly number[]) =>
    html`${numbers.map((number) => html`<td class="number">${formatCount(number)}</td>`)}<td class="number">${formatCount(numbers.reduce((a, b) => a + b, 0))}</td>`;
  return html`<table class="table table-narrow">
<caption>Images by mode and split</caption>
<thead><tr><th scope="col">Mode</th><th scope="col" class="number">Train</th><th scope="col" class="number"><abbr title="Validation">Valid.</abbr></th><th scope="col" class="number">Test</th><th scope="col" class="number">All</th></tr></thead>
<tbody>${counts.map((count) => html`<tr><th scope="row">${count.mode}</th>${row(splits.map((split) => count[split]))}</tr>`)}</tbody>
<tfoot><tr><th scope="row">All</th>${row(totals)}</tr></tfoot>
</table>`;
}

function renderSample({ target, mask, result, label, mode, altered, note }: DatasetSample, index: number): Html {
  const where = `renderReport: sample ${index + 1} of the data set`;
  const cell = (image: ReportImage, caption: string) =>
    html`<figure><img src="${toDataUrl(image, `${where}, ${caption}`)}" alt="${caption}"><figcaption>${caption}</figcaption></figure>`;
  return html`<li class="sample">
<div class="triptych">${cell(target, 'target')}${mask === null ? html`<figure><div class="blank">nothing altered</div><figcaption>mask</figcaption></figure>` : cell(mask, 'mask')}${cell(result, 'result')}</div>
<p>${renderBadge(label)} <span class="mode">${mode}</span></p>
${altered.length > 0 && html`<p class="altered">altered: ${altered.join(', ')}</p>`}
${note && html`<p class="note"><bdi>${note}</bdi></p>`}
</li>`;
}

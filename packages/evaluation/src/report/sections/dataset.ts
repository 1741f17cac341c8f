import { EvaluationError } from '@sofd/core';
import { type Html, html } from '../html/html.js';
import { isServed } from '../html/picture.js';
import { countBySplit, renderCounts, type SplitCount } from './counts.js';
import { type DatasetSample, renderSample } from './samples.js';

/** Images of one mode (original, region-swap, blend-only ...) in each split. */
export interface DatasetCount extends SplitCount {
  readonly mode: string;
}

/** What the model saw. */
export interface DatasetSection {
  readonly kind: 'dataset';
  readonly title?: string;
  readonly lead?: string;
  readonly counts: readonly DatasetCount[];
  readonly samples: readonly DatasetSample[];
}

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
  return [...countBySplit(rows, ({ mode }) => [mode])].map(([mode, count]) => ({ mode, ...count }));
}

/** The table of images by mode and split. */
export function renderModeCounts(counts: readonly DatasetCount[]): Html {
  return renderCounts(
    counts.map(({ mode, ...count }) => ({ name: mode, ...count })),
    { caption: 'Images by mode and split', heading: 'Mode', total: true },
  );
}

/** Renders the count table and the contact sheet. */
export function renderDataset({ counts, samples }: DatasetSection): Html {
  return html`${counts.length > 0 && renderModeCounts(counts)}
${samples.length > 0 && html`<ul class="sheet">${samples.map(renderItem)}</ul>`}`;
}

function renderItem(sample: DatasetSample, index: number): Html {
  const where = `renderReport: sample ${index + 1} of the data set`;
  if ([sample.target, sample.donor, sample.mask, sample.result].some(isServed)) {
    throw new EvaluationError(
      `${where}: expected embedded pictures, got a path; a report has no outside references, read the file and pass its bytes`,
    );
  }
  return html`<li class="sample">
${renderSample(sample, where)}
</li>`;
}

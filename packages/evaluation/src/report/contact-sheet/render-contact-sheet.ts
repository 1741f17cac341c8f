import { formatCount, formatPlural } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import { renderPage } from '../html/page.js';
import { isServed, isWithheld } from '../html/picture.js';
import { renderCounts, type SplitCount } from '../sections/counts.js';
import { type DatasetCount, renderModeCounts } from '../sections/dataset.js';
import { type DatasetSample, renderSample } from '../sections/samples.js';
import { filterScript } from './filter-script.js';

/** Images of one label in each split. */
export interface LabelCount extends SplitCount {
  readonly label: string;
}

/** What was left out for one cause. */
export interface SkippedCount {
  readonly cause: string;
  readonly count: number;
  /** One of the reasons in full. */
  readonly example: string;
}

/** What a contact sheet shows; any text in it may come from files, it is escaped. */
export interface ContactSheet {
  readonly title: string;
  readonly subtitle?: string;
  /** What the reader should know first, one sentence each. */
  readonly summary: readonly string[];
  readonly counts: readonly DatasetCount[];
  readonly labelCounts: readonly LabelCount[];
  readonly skipped: readonly SkippedCount[];
  /** Modes in the order in which they appear. */
  readonly samples: readonly DatasetSample[];
  /** Path of another random sample on the server that gives this one. */
  readonly next?: string;
}

/**
 * Renders a contact sheet of a data set as one HTML file that needs no network: counts, what was skipped, and samples of each
 * mode, filtered by mode and label.
 *
 * Pictures are embedded, or given by the server of the page, where each leads to itself in full size. The same data gives the
 * same bytes.
 *
 * @param sheet - Counts and samples.
 * @returns The file's text, UTF-8.
 * @throws EvaluationError if a picture is not PNG, JPEG, WebP or GIF, nor a path on the same server.
 * @example
 * ```ts
 * const text = await renderContactSheet({
 *   title: 'Contact sheet',
 *   summary: ['132 images of 22 people.'],
 *   counts: [{ mode: 'original', train: 16, validation: 3, test: 3 }],
 *   labelCounts: [{ label: 'real', train: 16, validation: 3, test: 3 }],
 *   skipped: [{ cause: 'too small', count: 2, example: 'party.jpg#4: eyes 12 pixels apart' }],
 *   samples: [],
 * });
 * ```
 */
export async function renderContactSheet(sheet: ContactSheet): Promise<string> {
  const { title, subtitle, summary, samples, skipped, next } = sheet;
  const modes = [...new Set(samples.map(({ mode }) => mode))];
  const labels = listLabels(samples);
  const body = html`<header class="head">
<h1>${title}</h1>
${subtitle && html`<p class="subtitle">${subtitle}</p>`}
<div class="summary">${summary.map((sentence) => html`<p>${sentence}</p>`)}</div>
</header>
<main>
<section aria-labelledby="counts"><h2 id="counts">Images</h2>
<div class="columns">${renderModeCounts(sheet.counts)}${renderLabelCounts(sheet.labelCounts)}</div></section>
<section aria-labelledby="skipped"><h2 id="skipped">Skipped</h2>
${skipped.length === 0 ? html`<p>Nothing was skipped.</p>` : renderSkipped(skipped)}</section>
<section aria-labelledby="samples"><h2 id="samples">Samples</h2>
${describeWithheld(samples)}
${samples.length === 0 ? html`<p>There is nothing to show.</p>` : renderFilters({ modes, labels, next })}
${modes.map((mode, index) => renderGroup(mode, { index, samples, labels }))}</section>
</main>`;
  return await renderPage({
    title,
    body,
    ...(samples.length === 0 ? {} : { script: filterScript }),
    servesPictures: samples.some((sample) => picturesOf(sample).some(isServed)),
  });
}

const picturesOf = ({ target, donor, mask, result }: DatasetSample) => [target, donor, mask, result];

const labelsOf = ({ label, altered }: DatasetSample): readonly string[] => [label, ...altered];

/** Real and fake, then the other labels by name. */
function listLabels(samples: readonly DatasetSample[]): string[] {
  const altered = new Set(samples.flatMap((sample) => sample.altered));
  return ['real', 'fake', ...[...altered].sort((a, b) => (a < b ? -1 : 1))];
}

function renderLabelCounts(counts: readonly LabelCount[]): Html {
  return renderCounts(
    counts.map(({ label, ...count }) => ({ name: label, ...count })),
    { caption: 'Images by label and split; an image may have several labels', heading: 'Label', total: false },
  );
}

function renderSkipped(skipped: readonly SkippedCount[]): Html {
  return html`<table class="table">
<caption>What was left out, and why</caption>
<thead><tr><th scope="col">Cause</th><th scope="col" class="number">Count</th><th scope="col">For instance</th></tr></thead>
<tbody>${skipped.map(({ cause, count, example }) => html`<tr><th scope="row">${cause}</th><td class="number">${formatCount(count)}</td><td><bdi>${example}</bdi></td></tr>`)}</tbody>
</table>`;
}

function describeWithheld(samples: readonly DatasetSample[]): Html | null {
  const withheld = samples.filter((sample) => picturesOf(sample).some(isWithheld)).length;
  if (withheld === 0) return null;
  return html`<p class="notice">${formatPlural(withheld, 'sample is', 'samples are')} not shown: the terms of the data set do not say that single images may be.</p>`;
}

interface FilterChoices {
  readonly modes: readonly string[];
  readonly labels: readonly string[];
  readonly next: string | undefined;
}

/** Choices are numbers, so that the script compares no text from the data. */
function renderFilters({ modes, labels, next }: FilterChoices): Html {
  const choice = (name: string, values: readonly string[]) =>
    html`<label>${name} <select autocomplete="off"><option value="">all</option>${values.map((value, index) => html`<option value="${index}">${value}</option>`)}</select></label>`;
  return html`<div class="filters" role="group" aria-label="Filter samples" hidden>${choice('Mode', modes)}${choice('Label', labels)}<output></output></div>
${next !== undefined && html`<p><a href="${next}#samples">Another sample</a></p>`}`;
}

interface GroupOptions {
  readonly index: number;
  readonly samples: readonly DatasetSample[];
  readonly labels: readonly string[];
}

function renderGroup(mode: string, { index, samples, labels }: GroupOptions): Html {
  const own = samples.filter((sample) => sample.mode === mode);
  const isPlain = own.every(({ target, donor, mask }) => target === null && donor === null && mask === null);
  const numbersOf = (sample: DatasetSample) => labelsOf(sample).map((label) => labels.indexOf(label));
  const where = (number: number) => `renderContactSheet: sample ${number + 1} of ${mode}`;
  return html`
<section class="group" aria-labelledby="mode-${index}"><h3 id="mode-${index}">${mode}</h3>
<ul class="sheet ${isPlain ? 'sheet-plain' : 'sheet-wide'}">${own.map(
    (sample, number) =>
      html`<li class="sample" data-mode="${index}" data-labels="${numbersOf(sample).join(' ')}">${renderSample(sample, where(number))}</li>`,
  )}</ul></section>`;
}

import { type Html, html } from '../html/html.js';
import type { DrawnSection } from '../html/report-page.js';

/** A longer value stands in the whole experiment only. */
const maxLength = 120;

/** A setting by its path, `weighting.kind`, and its value as text. */
type Settings = ReadonlyMap<string, string>;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function flatten(value: unknown, path: string, settings: Map<string, string>): Settings {
  if (isRecord(value) && (path === '' || Object.keys(value).length > 0)) {
    for (const [key, item] of Object.entries(value)) flatten(item, path === '' ? key : `${path}.${key}`, settings);
  } else if (value !== undefined) settings.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  return settings;
}

const shorten = (text: string) => (text.length > maxLength ? `${text.slice(0, maxLength)}…` : text);

/** What the experiment sets otherwise than the defaults, and the whole of it. */
export function renderSettings(
  experiment: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> | undefined,
): DrawnSection {
  const settings = flatten(experiment, '', new Map());
  const usual = defaults && flatten(defaults, '', new Map());
  const rows = [...settings].filter(([path, value]) => usual?.get(path) !== value);
  const lead = usual
    ? rows.length === 0
      ? 'Every setting has its default.'
      : 'What differs from the defaults; every other setting has its default.'
    : 'All settings.';
  return {
    title: 'Experiment',
    lead,
    body: html`${rows.length > 0 && renderRows(rows, usual)}
<details><summary>The whole experiment as JSON</summary><pre>${JSON.stringify(experiment, null, 2)}</pre></details>`,
  };
}

function renderRows(rows: readonly (readonly [string, string])[], usual: Settings | undefined): Html {
  return html`<table class="table table-narrow">
<thead><tr><th scope="col">Setting</th><th scope="col">Here</th>${usual && html`<th scope="col">Default</th>`}</tr></thead>
<tbody>${rows.map(
    ([path, value]) =>
      html`<tr><th scope="row"><bdi>${path}</bdi></th><td><bdi>${shorten(value)}</bdi></td>${usual && html`<td class="missing"><bdi>${shorten(usual.get(path) ?? 'not set')}</bdi></td>`}</tr>`,
  )}</tbody>
</table>`;
}

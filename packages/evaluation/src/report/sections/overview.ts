import { formatFixed, formatInterval, formatShare, toPercent } from '../html/format.js';
import { type Html, html } from '../html/html.js';

/** One headline figure. */
export interface OverviewFigure {
  readonly label: string;
  /** Numbers are printed with `digits`; text as it is. */
  readonly value: number | string;
  /** Interval around a numeric value. */
  readonly interval?: readonly [number, number];
  /** Coverage of the interval, 0.95 by default. */
  readonly level?: number;
  /** Decimal places of value and interval, 2 by default. */
  readonly digits?: number;
  /** Draws value and interval on a scale from the first to the last number, with a tick at each between (chance, for instance). */
  readonly scale?: readonly number[];
  /** What the figure means, in a few words. */
  readonly note?: string;
}

/** The first section: figures, and the one plain sentence that must not be missed. */
export interface OverviewSection {
  readonly kind: 'overview';
  readonly title?: string;
  readonly lead?: string;
  readonly figures: readonly OverviewFigure[];
  /** The caveat, set apart: for instance that so few faces prove the pipeline, not the accuracy. */
  readonly notice?: string;
  /** How it was made: seed, engine, digests, durations. */
  readonly facts?: readonly { readonly label: string; readonly value: string }[];
}

/** Renders figures, notice and facts. */
export function renderOverview({ figures, notice, facts = [] }: OverviewSection): Html {
  return html`<div class="tiles">${figures.map(renderTile)}</div>
${notice && html`<p class="notice" role="note">${notice}</p>`}
${
  facts.length > 0 &&
  html`<dl class="facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>`
}`;
}

function renderTile({ label, value, interval, level = 0.95, digits = 2, scale, note }: OverviewFigure): Html {
  const shown = typeof value === 'number' ? formatFixed(value, digits) : value;
  return html`<div class="tile">
<p class="tile-label">${label}</p>
<p class="tile-value${typeof value === 'string' && value.length > 8 && ' tile-words'}">${shown}</p>
${interval && html`<p class="tile-interval">${formatShare(level)} interval ${formatInterval(interval, digits)}</p>`}
${scale && typeof value === 'number' && renderScale(value, interval ?? [value, value], scale)}
${note && html`<p class="tile-note">${note}</p>`}
</div>`;
}

/** A dot with whiskers on a line; also stands in the per-label table. */
export function renderScale(value: number, interval: readonly [number, number], scale: readonly number[]): Html {
  const start = scale[0] ?? 0;
  const end = scale.at(-1) ?? 1;
  const place = (x: number) => toPercent((x - start) / (end - start));
  return html`<svg class="scale" aria-hidden="true" focusable="false"><line class="scale-axis" x1="0" x2="100%" y1="50%" y2="50%"/>${scale
    .slice(1, -1)
    .map(
      (tick) => html`<line class="scale-tick" x1="${place(tick)}" x2="${place(tick)}" y1="0" y2="100%"/>`,
    )}<line class="scale-range" x1="${place(interval[0])}" x2="${place(interval[1])}" y1="50%" y2="50%"/><circle class="scale-dot" cx="${place(value)}" cy="50%" r="4"/></svg>`;
}

import { type Html, html } from '../html/html.js';
import { seriesColor, seriesDash } from './series.js';

/** A drawn chart with its words. */
export interface ChartFigure {
  readonly title: string;
  /** What the chart shows, for readers who do not see it. */
  readonly description: string;
  readonly chart: Html;
  /** Series names in drawing order; none: no legend. */
  readonly legend?: readonly string[];
  /** A remark below. */
  readonly note?: string;
}

/** Title, chart, legend and remark. The legend is HTML, so that it wraps on a phone. */
export function renderFigure({ title, description, chart, legend = [], note }: ChartFigure): Html {
  return html`<figure class="figure">
<figcaption>${title}</figcaption>
<div role="img" aria-label="${description}">${chart}</div>
${legend.length > 0 && html`<ul class="legend">${legend.map(renderLegendEntry)}</ul>`}
${note && html`<p class="note">${note}</p>`}
</figure>`;
}

function renderLegendEntry(name: string, index: number): Html {
  return html`<li><svg width="26" height="10" aria-hidden="true"><path d="M1 5H25" fill="none" stroke="${seriesColor(index)}" stroke-width="2.5" stroke-dasharray="${seriesDash(index).join(' ')}"/></svg>${name}</li>`;
}

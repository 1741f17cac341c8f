import { logger, None, parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { type Html, trustedHtml } from '../html/html.js';

/** Drawing width in CSS pixels: near that of a phone, so that text keeps its size there. */
const chartWidth = 344;

/** Colours are custom properties of the page: one drawing serves the light and the dark theme. */
const config = {
  aria: false,
  background: null,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    domainColor: 'var(--line-strong)',
    gridColor: 'var(--line)',
    labelColor: 'var(--muted)',
    labelFontSize: 12,
    labelPadding: 5,
    tickColor: 'var(--line-strong)',
    tickSize: 4,
    titleColor: 'var(--muted)',
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 7,
  },
  axisY: { domain: false, ticks: false, tickCount: 5 },
  axisX: { grid: false, tickCount: 5 },
} as const;

/** The part of a Vega-Lite specification that a chart fills in; it holds numbers and fixed words, never input text. */
export type ChartSpec = Pick<TopLevelSpec, 'data'> & {
  readonly height: number;
  readonly width?: number;
  readonly layer: readonly object[];
};

/**
 * Compiles and draws a chart to SVG, without a browser, a canvas or the network.
 *
 * @param spec - Layers over inline data.
 * @returns An `<svg>` that scales with its container.
 */
export async function renderChart(spec: ChartSpec): Promise<Html> {
  const quiet = logger(None);
  const full = {
    width: chartWidth,
    ...spec,
    padding: 2,
    autosize: { type: 'fit', contains: 'padding' },
    config,
  } as unknown as TopLevelSpec;
  const view = new View(parse(compile(full, { logger: quiet }).spec), { renderer: 'none', logger: quiet });
  try {
    return trustedHtml(slim(await view.toSVG()));
  } finally {
    view.finalize();
  }
}

/** Leaves out what a page does not need (name spaces, roles of marks, empty paths) and lets the container give the size. */
function slim(svg: string): string {
  return svg
    .replace(/ (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"/g, '')
    .replace(/<path[^>]*display="none"\/>/g, '')
    .replace(/<path d="M0,0h0v0h0Z"\/>/g, '')
    .replace(/^<svg[^>]*viewBox="([^"]*)">/, '<svg class="chart" viewBox="$1" aria-hidden="true" focusable="false">');
}

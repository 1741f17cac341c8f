import type { Html } from '../html/html.js';
import { renderChart } from './render-chart.js';
import { seriesColor, seriesDash } from './series.js';

/** One curve; x ascending. */
export interface LineSeries {
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Axes and extras of a line chart; words are fixed by this package, never input. */
export interface LineChartOptions {
  readonly x: string;
  readonly y: string;
  /** Range of y; without it, from the data. */
  readonly domain?: readonly [number, number];
  /** Draws each curve faintly and its moving mean over so many points on top. */
  readonly window?: number;
  /** A dashed level line. */
  readonly level?: number;
}

/** More points than pixels only make the file larger. */
const maxPoints = 240;

/** Draws curves over a common x axis. */
export function renderLines(series: readonly LineSeries[], options: LineChartOptions): Promise<Html> {
  const { x, y, domain, window = 1, level } = options;
  const keys = series.map((_, index) => String(index));
  const raw = series.flatMap(({ points }, index) =>
    thin(points).map(([px, py]) => ({ x: px, y: py, s: String(index) })),
  );
  const smooth = series.flatMap(({ points }, index) =>
    thin(smoothen(points, window)).map(([px, py]) => ({ x: px, y: py, s: String(index) })),
  );
  const single = series.every(({ points }) => points.length === 1);
  const encoding = {
    x: { field: 'x', type: 'quantitative', title: x, axis: { format: '~s', tickMinStep: 1 }, scale: { nice: false } },
    y: {
      field: 'y',
      type: 'quantitative',
      title: y,
      axis: { format: '~g' },
      scale: domain ? { domain: [...domain] } : { zero: true, nice: true },
    },
    color: {
      field: 's',
      type: 'nominal',
      legend: null,
      scale: { domain: keys, range: keys.map((_, i) => seriesColor(i)) },
    },
    strokeDash: {
      field: 's',
      type: 'nominal',
      legend: null,
      scale: { domain: keys, range: keys.map((_, i) => [...seriesDash(i)]) },
    },
  };
  const { strokeDash, ...plain } = encoding;
  const layer: object[] = [];
  if (level !== undefined) layer.push(levelLine(level, encoding.y));
  if (window > 1) {
    layer.push({ data: { values: raw }, mark: { type: 'line', strokeWidth: 1, opacity: 0.3 }, encoding: plain });
  }
  layer.push({
    data: { values: smooth },
    mark: { type: 'line', strokeWidth: 2.2, strokeJoin: 'round', ...(single ? { point: { size: 50 } } : {}) },
    encoding,
  });
  return renderChart({ height: 230, layer });
}

/** Moving mean over a centred window, shorter at the ends. */
export function smoothen(points: LineSeries['points'], window: number): LineSeries['points'] {
  const reach = Math.floor(window / 2);
  return points.map(([x], index) => {
    const near = points.slice(Math.max(0, index - reach), index + reach + 1);
    return [x, near.reduce((sum, [, y]) => sum + y, 0) / near.length] as const;
  });
}

function thin(points: LineSeries['points']): LineSeries['points'] {
  const stride = Math.ceil(points.length / maxPoints);
  return points.filter((_, index) => index % stride === 0 || index === points.length - 1);
}

function levelLine(level: number, y: object): object {
  return {
    data: { values: [{ level }] },
    mark: { type: 'rule', strokeDash: [2, 3], color: 'var(--muted)', opacity: 0.8 },
    encoding: { y: { ...y, field: 'level' } },
  };
}

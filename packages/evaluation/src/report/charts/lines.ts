import type { Html } from '../html/html.js';
import { takeEnvelope } from './envelope.js';
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
  /** Dots, for instance at the best value. */
  readonly dots?: LineSeries['points'];
  /** Scale of y; a logarithmic one takes positive values only. */
  readonly scale?: 'linear' | 'log';
  /** Drawing size in CSS pixels; that of a phone's width where not given. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** More points than pixels only make the file larger. */
export const maxPoints = 240;

/** Draws curves over a common x axis. */
export function renderLines(series: readonly LineSeries[], options: LineChartOptions): Promise<Html> {
  const { x, y, domain, window = 1, level, dots = [], scale = 'linear', size } = options;
  const keys = series.map((_, index) => String(index));
  const raw = series.flatMap(({ points }, index) =>
    takeEnvelope(points, maxPoints).map(([px, py]) => ({ x: px, y: py, s: String(index) })),
  );
  const smooth = series.flatMap(({ points }, index) =>
    thin(smoothen(points, window)).map(([px, py]) => ({ x: px, y: py, s: String(index) })),
  );
  const single = series.every(({ points }) => points.length <= 1);
  const encoding = {
    x: {
      field: 'x',
      type: 'quantitative',
      title: x,
      axis: { format: '~s', tickMinStep: 1, ...(size && { tickCount: 3 }) },
      scale: { nice: false },
    },
    y: {
      field: 'y',
      type: 'quantitative',
      title: y,
      axis: { format: '~g', ...(size && { tickCount: 3 }), ...(scale === 'log' && { values: powersOfTen(series) }) },
      scale: {
        ...(domain ? { domain: [...domain] } : { zero: scale === 'linear', nice: true }),
        ...(scale === 'log' && { type: 'log' }),
      },
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
  if (dots.length > 0) layer.push(dotMarks(dots, encoding));
  return renderChart({ height: 230, ...size, layer });
}

/** Moving mean over a centred window, shorter at the ends. */
export function smoothen(points: LineSeries['points'], window: number): LineSeries['points'] {
  if (window <= 1) return points;
  const reach = Math.floor(window / 2);
  // sums[i]: of the first i values; a sum a point would take minutes over 100,000 points.
  const sums = new Float64Array(points.length + 1);
  points.forEach(([, y], index) => {
    sums[index + 1] = sums[index]! + y;
  });
  return points.map(([x], index) => {
    const start = Math.max(0, index - reach);
    const end = Math.min(points.length, index + reach + 1);
    return [x, (sums[end]! - sums[start]!) / (end - start)] as const;
  });
}

function thin(points: LineSeries['points']): LineSeries['points'] {
  const stride = Math.ceil(points.length / maxPoints);
  return points.filter((_, index) => index % stride === 0 || index === points.length - 1);
}

/** The powers of ten around all values; the lines between them would be denser than the curves. */
function powersOfTen(series: readonly LineSeries[]): number[] {
  const values = series.flatMap(({ points }) => points.map(([, y]) => Math.log10(y)));
  const lowest = Math.floor(values.reduce((a, b) => Math.min(a, b)));
  const highest = Math.ceil(values.reduce((a, b) => Math.max(a, b)));
  return Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index));
}

function levelLine(level: number, y: object): object {
  return {
    data: { values: [{ level }] },
    mark: { type: 'rule', strokeDash: [2, 3], color: 'var(--muted)', opacity: 0.8 },
    encoding: { y: { ...y, field: 'level' } },
  };
}

function dotMarks(dots: LineSeries['points'], { x, y }: { readonly x: object; readonly y: object }): object {
  return {
    data: { values: dots.map(([px, py]) => ({ x: px, y: py })) },
    mark: {
      type: 'point',
      filled: true,
      size: 70,
      color: 'var(--series-2)',
      opacity: 1,
      stroke: 'var(--page)',
      strokeWidth: 1.5,
    },
    encoding: { x, y },
  };
}

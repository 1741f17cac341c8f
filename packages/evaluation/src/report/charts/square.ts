import type { Html } from '../html/html.js';
import { renderChart } from './render-chart.js';

/** A curve in the unit square, from (0, 0) to (1, 1). */
export interface SquareChartOptions {
  readonly x: string;
  readonly y: string;
  /** Curve through these points. */
  readonly curve: readonly (readonly [x: number, y: number])[];
  /** Fill below the curve. */
  readonly area?: boolean;
  /** Dots: all on the curve, or single marked points. */
  readonly dots?: readonly (readonly [x: number, y: number])[];
}

/** More corners than pixels only make the file larger. */
const maxPoints = 400;

/** Draws a curve in the unit square beside the diagonal: ROC and reliability. */
export function renderSquare({ x, y, curve, area = false, dots = [] }: SquareChartOptions): Promise<Html> {
  const corners = findCorners(curve);
  const toValues = (points: SquareChartOptions['curve']) => ({
    values: points.map(([px, py], order) => ({ x: px, y: py, order })),
  });
  const axis = (field: string, title: string) => ({
    field,
    type: 'quantitative',
    title,
    scale: { domain: [0, 1], nice: false },
    axis: { grid: true, format: '~g', values: [0, 0.2, 0.4, 0.6, 0.8, 1], tickCount: 6, labelOverlap: false },
  });
  const encoding = { x: axis('x', x), y: axis('y', y), order: { field: 'order', type: 'quantitative' } };
  const layer: object[] = [
    {
      data: {
        values: [
          { x: 0, y: 0, order: 0 },
          { x: 1, y: 1, order: 1 },
        ],
      },
      mark: { type: 'line', strokeDash: [3, 3], strokeWidth: 1, color: 'var(--muted)' },
      encoding,
    },
  ];
  if (area) {
    layer.push({
      data: toValues(corners),
      mark: { type: 'area', color: 'var(--series-1)', opacity: 0.1 },
      // Several points share an x where the curve rises straight; they must not be stacked.
      encoding: { x: encoding.x, y: { ...encoding.y, stack: null }, order: { value: null } },
    });
  }
  layer.push({ data: toValues(corners), mark: { type: 'line', color: 'var(--series-1)', strokeWidth: 2.2 }, encoding });
  if (dots.length > 0) {
    layer.push({
      data: toValues(dots),
      mark: {
        type: 'point',
        filled: true,
        size: 70,
        color: 'var(--series-2)',
        opacity: 1,
        stroke: 'var(--page)',
        strokeWidth: 1.5,
      },
      encoding: { x: encoding.x, y: encoding.y },
    });
  }
  return renderChart({ height: 330, layer });
}

/** Leaves out points on a straight line between their neighbours, then thins what is left. */
function findCorners(curve: SquareChartOptions['curve']): SquareChartOptions['curve'] {
  const corners = curve.filter(([x, y], index) => {
    const before = curve[index - 1];
    const after = curve[index + 1];
    return !before || !after || (x - before[0]) * (after[1] - y) !== (after[0] - x) * (y - before[1]);
  });
  const stride = Math.ceil(corners.length / maxPoints);
  return corners.filter((_, index) => index % stride === 0 || index === corners.length - 1);
}

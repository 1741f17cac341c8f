import { describe, expect, it } from 'vitest';
import { toText } from '../html/html.js';
import { renderLines, smoothen } from './lines.js';
import { renderSquare } from './square.js';

/** Drawn points of all paths with a stroke, in pixels. */
function readPaths(svg: string, stroke: string): string[] {
  return [...svg.matchAll(/<path[^>]* d="([^"]*)"[^>]*>|<path d="([^"]*)"[^>]*>/g)]
    .filter(([path]) => path.includes(`stroke="${stroke}"`))
    .map(([, a, b]) => a ?? b!);
}

describe('renderSquare', () => {
  it('draws the curve from the lower left to the upper right corner of the plot, risers upright', async () => {
    const svg = toText(
      await renderSquare({
        x: 'x',
        y: 'y',
        curve: [
          [0, 0],
          [0, 0.5],
          [0.5, 0.5],
          [0.5, 1],
          [1, 1],
        ],
      }),
    );
    const [path] = readPaths(svg, 'var(--series-1)');
    const points = path!
      .slice(1)
      .split('L')
      .map((point) => point.split(',').map(Number) as [number, number]);
    expect(points).toHaveLength(5);
    const [start, riser, , , end] = points as [[number, number], [number, number], unknown, unknown, [number, number]];
    expect(riser[0]).toBe(start[0]);
    expect(riser[1]).toBeCloseTo(start[1] / 2, 6);
    expect(end[1]).toBe(0);
    expect(end[0]).toBeGreaterThan(200);
  });

  it('leaves out points on straight lines, so that 100,000 rows do not make a large file', async () => {
    const curve = Array.from({ length: 100_001 }, (_, i) => [i / 100_000, Math.sqrt(i / 100_000)] as const);
    expect(toText(await renderSquare({ x: 'x', y: 'y', curve })).length).toBeLessThan(40_000);
    const flat = Array.from({ length: 65 }, (_, i) => [i / 64, i / 64] as const);
    const [path] = readPaths(toText(await renderSquare({ x: 'x', y: 'y', curve: flat })), 'var(--series-1)');
    expect(path!.split('L')).toHaveLength(2);
  });
});

describe('renderLines', () => {
  it('draws a dash of its own for every curve, and a faint curve below a smoothed one', async () => {
    const series = [0, 1].map((offset) => ({
      points: Array.from({ length: 30 }, (_, x) => [x, offset + (x % 2)] as const),
    }));
    const svg = toText(await renderLines(series, { x: 'step', y: 'loss', window: 5 }));
    expect(readPaths(svg, 'var(--series-1)')).toHaveLength(2);
    expect(
      new Set([...svg.matchAll(/stroke-dasharray="([^"]*)"/g)].map(([, dash]) => dash)).size,
    ).toBeGreaterThanOrEqual(2);
  });

  it('shows a single point', async () => {
    const svg = toText(await renderLines([{ points: [[0, 0.5]] }], { x: 'step', y: 'AUC', domain: [0, 1] }));
    expect(svg).toMatch(/<path[^>]*var\(--series-1\)/);
  });

  it('has no name space, no outside reference and no fixed size', async () => {
    const svg = toText(
      await renderLines(
        [
          {
            points: [
              [0, 1],
              [1, 2],
            ],
          },
        ],
        { x: 'step', y: 'loss' },
      ),
    );
    expect(svg).toMatch(/^<svg class="chart" viewBox="0 0 [\d.]+ [\d.]+"/);
    expect(svg).not.toMatch(/http|<svg[^>]*width=/);
  });
});

describe('smoothen', () => {
  it('takes the centred mean, shorter at the ends', () => {
    expect(
      smoothen(
        [
          [0, 0],
          [1, 3],
          [2, 6],
          [3, 0],
        ],
        3,
      ).map(([, y]) => y),
    ).toEqual([1.5, 3, 3, 3]);
  });
});

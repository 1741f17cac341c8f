import { renderFigure } from '../charts/figure.js';
import { type LineSeries, maxPoints, renderLines } from '../charts/lines.js';
import { formatCount } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import type { DrawnSection } from '../html/report-page.js';
import type { TrainingRecord, TrainingReportData } from './data.js';
import { formatValue } from './format-value.js';
import { collectPoints } from './validations.js';

/** The bold line is the mean over such a part of the run. */
const windowShare = 1 / 30;
/** A norm that once is so many medians high needs a logarithmic scale. */
const spikeRatio = 20;

/** Losses, weights, learning rate and gradient norm over the steps. */
export async function renderCurves({ records, tasks, weighting }: TrainingReportData): Promise<DrawnSection> {
  const window = Math.max(1, Math.round(records.length * windowShare));
  const smoothed = window > 1 ? [`Thin: single steps. Bold: mean of ${formatCount(window)} steps.`] : [];
  const figures = [
    await drawTasks(records, tasks, {
      what: 'loss',
      of: 'losses',
      title: 'Loss of each task',
      window,
      notes: smoothed,
    }),
    await drawTasks(records, tasks, {
      what: 'weight',
      of: 'taskWeights',
      title: 'Weight of each task',
      notes: [`Weighting: ${weighting}.`],
    }),
    await drawRate(records),
    await drawNorm(records, window, smoothed),
  ].filter((figure) => figure !== null);
  return {
    title: 'Training',
    body: html`${figures.length > 0 ? html`<div class="figures figures-wide">${figures}</div>` : html`<p class="note">No step has been recorded.</p>`}
${records.length > maxPoints && html`<p class="note note-apart">The charts show ${formatCount(records.length)} steps by about ${maxPoints} points a line: thin lines keep the lowest and the highest value of each of ${maxPoints / 2} equally long stretches, bold and single lines an equally spaced choice of their points.</p>`}`,
  };
}

interface TaskChart {
  readonly what: string;
  readonly of: 'losses' | 'taskWeights';
  readonly title: string;
  readonly window?: number;
  readonly notes: readonly string[];
}

async function drawTasks(
  records: readonly TrainingRecord[],
  tasks: readonly string[],
  { what, of, title, window = 1, notes }: TaskChart,
): Promise<Html | null> {
  const series = tasks.map((task) => ({ task, points: collectPoints(records, (record) => record[of][task]) }));
  const drawn = series.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const ends = drawn.map(
    ({ task, points }) => `${task} ${formatValue(points[0]![1])} to ${formatValue(points.at(-1)![1])}`,
  );
  return renderFigure({
    title,
    description: `Line chart of ${what} over steps: ${ends.join(', ')}.`,
    // All series, so that a task keeps its colour where another has no value.
    chart: await renderLines(series, { x: 'step', y: what, window }),
    legend: tasks,
    ...(notes.length > 0 && { note: notes.join(' ') }),
  });
}

async function drawRate(records: readonly TrainingRecord[]): Promise<Html | null> {
  const points = collectPoints(records, ({ learningRate }) => learningRate);
  if (points.length === 0) return null;
  const [first, last] = [points[0]![1], points.at(-1)![1]];
  const highest = points.reduce((most, [, rate]) => Math.max(most, rate), 0);
  return renderFigure({
    title: 'Learning rate',
    description: `Line chart of the learning rate over steps: ${formatValue(first)} to ${formatValue(last)}, highest ${formatValue(highest)}.`,
    chart: await renderLines([{ points }], { x: 'step', y: 'learning rate' }),
    note: `Highest ${formatValue(highest)}, last ${formatValue(last)}.`,
  });
}

async function drawNorm(
  records: readonly TrainingRecord[],
  window: number,
  notes: readonly string[],
): Promise<Html | null> {
  const points = collectPoints(records, ({ gradientNorm }) => gradientNorm);
  if (points.length === 0) return null;
  const isLog = hasSpikes(points);
  const norms = points.map(([, norm]) => norm).sort((a, b) => a - b);
  const [median, highest] = [norms[norms.length >> 1]!, norms.at(-1)!];
  const words = [
    ...notes,
    `Median ${formatValue(median)}, highest ${formatValue(highest)}.`,
    ...(isLog ? ['Logarithmic scale.'] : []),
  ];
  return renderFigure({
    title: 'Gradient norm',
    description: `Line chart of the gradient norm over steps: median ${formatValue(median)}, highest ${formatValue(highest)}.`,
    chart: await renderLines([{ points }], { x: 'step', y: 'norm', window, ...(isLog && { scale: 'log' as const }) }),
    note: words.join(' '),
  });
}

function hasSpikes(points: LineSeries['points']): boolean {
  const norms = points.map(([, norm]) => norm).sort((a, b) => a - b);
  return norms[0]! > 0 && norms.at(-1)! > spikeRatio * norms[norms.length >> 1]!;
}

import { renderFigure } from '../charts/figure.js';
import { renderLines } from '../charts/lines.js';
import { formatCount, formatFixed } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import type { DrawnSection } from '../html/report-page.js';
import type { TrainingReportData } from './data.js';
import { formatValue } from './format-value.js';
import type { MetricCurve } from './validations.js';

/** The range of an AUC chart: from chance, or what lies below it, to 1. */
export function aucDomain(curves: readonly MetricCurve[]): readonly [number, number] {
  const lowest = curves.reduce((least, { points }) => points.reduce((low, [, auc]) => Math.min(low, auc), least), 0.5);
  return [Math.floor(lowest * 10) / 10, 1];
}

/** The AUC with its best step, losses on the validation rows, and a table of all metrics but those of single labels. */
export async function renderValidations(
  { tasks }: TrainingReportData,
  metrics: ReadonlyMap<string, MetricCurve>,
): Promise<DrawnSection> {
  const curves = [...metrics.values()].filter(({ metric }) => !metric.startsWith('auc/'));
  const auc = metrics.get('auc');
  const figures = [auc ? await drawAuc(auc) : null, await drawLosses(tasks, metrics)].filter(
    (figure) => figure !== null,
  );
  return {
    title: 'Validation',
    lead: 'People that training does not see. The best of many validations is an optimistic figure, since it was chosen on these very rows.',
    body: html`<div class="figures figures-wide">${figures}</div>
${curves.length > 0 && renderMetrics(curves)}`,
  };
}

async function drawAuc(auc: MetricCurve): Promise<Html> {
  const [step, value] = auc.best;
  return renderFigure({
    title: 'Validation AUC',
    description: `Line chart of validation AUC over steps, best ${formatFixed(value, 3)} at step ${step}.`,
    chart: await renderLines([auc], { x: 'step', y: 'AUC', domain: aucDomain([auc]), level: 0.5, dots: [auc.best] }),
    note: `Dot: best, ${formatFixed(value, 3)} at step ${formatCount(step)}. Dotted: chance, 0.5.`,
  });
}

async function drawLosses(tasks: readonly string[], metrics: ReadonlyMap<string, MetricCurve>): Promise<Html | null> {
  const series = tasks.map((task) => metrics.get(`loss/${task}`) ?? { points: [], last: null });
  const ends = series.flatMap(({ last }, index) => (last ? [`${tasks[index]} ${formatValue(last[1])}`] : []));
  if (ends.length === 0) return null;
  return renderFigure({
    title: 'Validation loss of each task',
    description: `Line chart of validation loss over steps, last: ${ends.join(', ')}.`,
    chart: await renderLines(series, { x: 'step', y: 'loss' }),
    legend: tasks,
  });
}

function renderMetrics(curves: readonly MetricCurve[]): Html {
  return html`<table class="table table-narrow">
<thead><tr><th scope="col">Metric</th><th scope="col" class="number">Best</th><th scope="col" class="number">At step</th><th scope="col" class="number">Last</th></tr></thead>
<tbody>${curves.map(
    ({ metric, best, last }) =>
      html`<tr><th scope="row"><bdi>${metric}</bdi></th><td class="number strong">${formatFixed(best[1], 3)}</td><td class="number">${formatCount(best[0])}</td><td class="number">${formatFixed(last[1], 3)}</td></tr>`,
  )}</tbody>
</table>`;
}

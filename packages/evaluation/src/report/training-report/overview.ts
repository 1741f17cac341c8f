import { formatCount, formatPlural } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import type { DrawnSection } from '../html/report-page.js';
import { type OverviewFigure, renderOverview } from '../sections/overview.js';
import type { TrainingPart, TrainingRecord, TrainingReportData } from './data.js';
import { formatDuration, formatValue } from './format-value.js';
import { collectPoints, type MetricCurve } from './validations.js';

/** The last part of a run, over which the loss is averaged. */
const endShare = 1 / 30;

/** Key figures, when and on what, and a notice where values were not finite. */
export function renderRunOverview(data: TrainingReportData, metrics: ReadonlyMap<string, MetricCurve>): DrawnSection {
  const { records, weighting, engine, started, finished, dataset } = data;
  const notice = describeNonFinite(data);
  const given = {
    Weighting: weighting,
    Engine: engine,
    Started: formatTime(started),
    Finished: formatTime(finished),
    Duration: findDuration(started, finished),
  };
  const facts = Object.entries(given).flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
  const figures = [
    ...aucFigures(metrics.get('auc')),
    ...(records.length > 0 ? [stepFigure(records), ...lossFigures(data)] : []),
  ];
  return {
    title: 'Overview',
    body: html`${renderOverview({ kind: 'overview', figures, facts, ...(notice !== null && { notice }) })}
${dataset && dataset.length > 0 && renderParts(dataset)}`,
  };
}

function aucFigures(auc: MetricCurve | undefined): OverviewFigure[] {
  if (!auc) return [{ label: 'Validation AUC', value: 'none', note: 'no validation has run' }];
  const scale = [0, 0.5, 1];
  const at = ([step, value]: MetricCurve['best']) => ({
    value,
    digits: 3,
    scale,
    note: `at step ${formatCount(step)}`,
  });
  return [
    { label: 'Best validation AUC', ...at(auc.best) },
    { label: 'Last validation AUC', ...at(auc.last) },
  ];
}

function stepFigure(records: readonly TrainingRecord[]): OverviewFigure {
  const { step, epoch } = records.at(-1)!;
  return { label: 'Steps', value: formatCount(step), note: formatPlural(epoch + 1, 'epoch', 'epochs') };
}

function lossFigures({ records, tasks }: TrainingReportData): OverviewFigure[] {
  const task = tasks[0];
  if (task === undefined) return [];
  const points = collectPoints(records, ({ losses }) => losses[task]);
  if (points.length === 0) return [];
  const end = points.slice(-Math.max(1, Math.round(points.length * endShare)));
  const mean = end.reduce((sum, [, loss]) => sum + loss, 0) / end.length;
  return [
    {
      label: `Loss of ${task}`,
      value: formatValue(mean),
      note: `mean of the last ${formatPlural(end.length, 'step', 'steps')}; first ${formatValue(points[0]![1])}`,
    },
  ];
}

/** `2026-11-23 10:00 UTC`; what is no ISO time stays as it is. */
function formatTime(time: string | undefined): string | undefined {
  if (time === undefined || !/^\d{4}-\d\d-\d\dT/.test(time) || Number.isNaN(Date.parse(time))) return time;
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function findDuration(started: string | undefined, finished: string | undefined): string | undefined {
  const seconds = (Date.parse(finished ?? '') - Date.parse(started ?? '')) / 1000;
  return seconds >= 0 ? formatDuration(seconds) : undefined;
}

/** Says at which steps a number was not finite; null where none was. */
function describeNonFinite({ records }: TrainingReportData): string | null {
  const isUsable = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
  const broken = records.filter(
    ({ losses, taskWeights, learningRate, gradientNorm = 0, validation = {} }) =>
      ![
        ...Object.values(losses),
        ...Object.values(taskWeights),
        learningRate,
        gradientNorm,
        ...Object.values(validation),
      ].every(isUsable),
  );
  if (broken.length === 0) return null;
  return `Values at ${formatPlural(broken.length, 'step', 'steps')} are not finite, first at step ${formatCount(broken[0]!.step)}; the charts leave them out.`;
}

function renderParts(parts: readonly TrainingPart[]): Html {
  return html`<table class="table table-narrow">
<caption>Data set</caption>
<thead><tr><th scope="col">Part</th><th scope="col" class="number">People</th><th scope="col" class="number">Rows</th></tr></thead>
<tbody>${parts.map(({ part, people, rows }) => html`<tr><th scope="row"><bdi>${part}</bdi></th><td class="number">${formatCount(people)}</td><td class="number">${formatCount(rows)}</td></tr>`)}</tbody>
</table>`;
}

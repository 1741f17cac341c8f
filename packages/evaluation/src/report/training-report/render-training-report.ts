import { formatCount, formatFixed } from '../html/format.js';
import { type DrawnSection, renderReportPage } from '../html/report-page.js';
import { checkTrainingReport } from './check-data.js';
import { renderComparison } from './comparison.js';
import { renderCurves } from './curves.js';
import type { TrainingReportData } from './data.js';
import { renderLabels } from './labels.js';
import { renderRunOverview } from './overview.js';
import { renderSettings } from './settings.js';
import { renderValidations } from './validation.js';
import { collectMetrics, type MetricCurve } from './validations.js';

/**
 * Renders the report of a training run as one HTML file that needs no network and no script, for light and dark, phone and
 * desktop: losses, task weights, learning rate, gradient norm, validation, labels, other runs, and the experiment.
 *
 * Charts of many steps are thinned; thin lines keep every spike: the lowest and the highest value of each of 120 stretches.
 * Means over runs have Student's t intervals. The same data gives the same bytes.
 *
 * @param data - plain data, for instance from a run folder's `metrics.jsonl`
 * @returns The file's text, UTF-8.
 * @throws EvaluationError if steps do not ascend, a task has no loss or no weight, or a best step has no validation.
 * @example
 * ```ts
 * const page = await renderTrainingReport({
 *   name: 'equal, seed 1',
 *   experiment: { steps: 2, weighting: { kind: 'equal' } },
 *   defaults: { steps: 300, weighting: { kind: 'auto-lambda' } },
 *   weighting: 'equal',
 *   tasks: ['primary'],
 *   labels: ['fake'],
 *   records: [
 *     { step: 1, epoch: 0, losses: { primary: 0.7 }, taskWeights: { primary: 1 }, learningRate: 0.001 },
 *     { step: 2, epoch: 0, losses: { primary: 0.6 }, taskWeights: { primary: 1 }, learningRate: 0.001, validation: { auc: 0.8 } },
 *   ],
 * });
 * page.includes('0.800 at step 2'); // true
 * ```
 */
export async function renderTrainingReport(data: TrainingReportData): Promise<string> {
  checkTrainingReport(data);
  const metrics = collectMetrics(data);
  const sections: (DrawnSection | null)[] = [
    renderRunOverview(data, metrics),
    await renderCurves(data),
    metrics.size > 0 ? await renderValidations(data, metrics) : null,
    await renderLabels(data, metrics),
    data.peers && data.peers.length > 0 ? renderComparison(data.peers) : null,
    renderSettings(data.experiment, data.defaults),
  ];
  return await renderReportPage({
    title: data.name,
    subtitle: 'Training run',
    summary: [summarize(data, metrics.get('auc'))],
    sections: sections.filter((section) => section !== null),
  });
}

function summarize({ records, weighting }: TrainingReportData, auc: MetricCurve | undefined): string {
  const last = records.at(-1);
  if (!last) return `The run has no steps yet; its tasks are weighted by ${weighting}.`;
  const steps = `${formatCount(last.step)} ${last.step === 1 ? 'step' : 'steps'} with tasks weighted by ${weighting}`;
  return auc
    ? `${steps}; the best validation AUC is ${formatFixed(auc.best[1], 3)} at step ${formatCount(auc.best[0])}.`
    : `${steps}; no validation has run.`;
}

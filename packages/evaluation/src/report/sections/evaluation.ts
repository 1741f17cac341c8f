import type { EvaluationSummary, LabelEvaluation } from '../../evaluate-scores.js';
import type { ReliabilityBin } from '../../metrics/calibration-error.js';
import type { RocCurve } from '../../metrics/roc.js';
import { renderFigure } from '../charts/figure.js';
import { renderSquare } from '../charts/square.js';
import { formatCount, formatFixed, formatInterval, formatShare } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import { renderScale } from './overview.js';

/** How good it is, on people that training did not see. */
export interface EvaluationSection {
  readonly kind: 'evaluation';
  readonly title?: string;
  readonly lead?: string;
  /** From `evaluateScores`; its warnings are shown. */
  readonly summary: EvaluationSummary;
  /** From `computeRoc` on the primary label. */
  readonly roc: RocCurve;
  /** From `computeReliability`; adds a reliability diagram. */
  readonly reliability?: readonly ReliabilityBin[];
  /** Level name of each label (primary, global, local), shown beside it. */
  readonly levels?: Readonly<Record<string, string>>;
}

/** Renders key figures, ROC, reliability and the table of labels. */
export async function renderEvaluation({ summary, roc, reliability, levels = {} }: EvaluationSection): Promise<Html> {
  const points = roc.falsePositiveRates.map((fpr, index) => [fpr, roc.truePositiveRates[index]!] as const);
  const figures = [
    renderFigure({
      title: 'ROC curve',
      description: `ROC curve with an area of ${formatFixed(summary.auc)}; the dot is the equal error rate, ${formatFixed(summary.eer)}.`,
      chart: await renderSquare({
        x: 'real called fake',
        y: 'fake called fake',
        curve: points,
        area: true,
        dots: [[summary.eer, 1 - summary.eer]],
      }),
      note: `Area ${formatFixed(summary.auc)}; dot: both errors equal at ${formatFixed(summary.eer)}; dashed: chance.`,
    }),
  ];
  if (reliability && reliability.length > 0) {
    const dots = reliability.map(({ confidence, accuracy }) => [confidence, accuracy] as const);
    figures.push(
      renderFigure({
        title: 'Reliability',
        description: `Share of fakes against mean probability in ${dots.length} bins; expected calibration error ${formatFixed(summary.ece)}.`,
        chart: await renderSquare({ x: 'probability said', y: 'share that is fake', curve: dots, dots }),
        note: `On the dashed line a probability means what it says; mean gap ${formatFixed(summary.ece)}.`,
      }),
    );
  }
  return html`${summary.warnings.map((warning) => html`<p class="notice" role="note">${warning}</p>`)}
<div class="figures">${figures}${renderKeyFigures(summary)}</div>
${renderLabelTable(summary.perLabel, { level: summary.level, levels })}`;
}

function renderKeyFigures(summary: EvaluationSummary): Html {
  const unit = summary.intervalUnit === 'identity' ? 'people' : 'images';
  const rows: readonly (readonly [string, string, string])[] = [
    ['AUC', formatFixed(summary.auc, 3), 'chance that a fake scores above a real one'],
    [
      `${formatShare(summary.level)} interval`,
      formatInterval(summary.interval, 3),
      `bootstrap over ${unit}, ${formatCount(summary.resamples)} resamples`,
    ],
    ['Equal error rate', formatFixed(summary.eer, 3), 'missed fakes = false alarms'],
    ['Average precision', formatFixed(summary.averagePrecision, 3), 'area under precision and recall'],
    ['Found at 1\u00a0% false alarms', formatFixed(summary.tprAtFpr['0.01'], 3), 'share of fakes'],
    ['Found at 5\u00a0% false alarms', formatFixed(summary.tprAtFpr['0.05'], 3), 'share of fakes'],
    ['Brier score', formatFixed(summary.brier, 3), 'a constant 0.5 scores 0.25'],
    ['Calibration error', formatFixed(summary.ece, 3), 'mean gap between said and true'],
    [
      'Images',
      formatCount(summary.count),
      `${formatCount(summary.positives)} fake, ${formatCount(summary.negatives)} real`,
    ],
    ['People', formatCount(summary.identities), 'distinct identities among these images'],
  ];
  return html`<dl class="key-figures">${rows.map(
    ([name, value, meaning]) => html`<div><dt>${name}<small>${meaning}</small></dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

interface LabelTableOptions {
  /** Coverage of the intervals. */
  readonly level: number;
  readonly levels?: Readonly<Record<string, string>>;
  readonly caption?: string;
}

/** AUC and interval of each label; also stands in the report of a run. */
export function renderLabelTable(
  perLabel: EvaluationSummary['perLabel'],
  { level, levels = {}, caption = 'How well each label is told apart, one against the rest' }: LabelTableOptions,
): Html {
  return html`<table class="table">
<caption>${caption}</caption>
<thead><tr><th scope="col">Label</th><th scope="col" class="number">AUC</th><th scope="col" class="number">${formatShare(level)} interval</th><th scope="col" class="wide plot"><span>0</span><span>0.5</span><span>1</span></th><th scope="col" class="number">Altered</th><th scope="col" class="number">Not</th></tr></thead>
<tbody>${Object.entries(perLabel).map(([label, result]) => renderLabelRow(label, result, levels[label]))}</tbody>
</table>`;
}

function renderLabelRow(label: string, result: LabelEvaluation, level: string | undefined): Html {
  const counts = html`<td class="number">${formatCount(result.positives)}</td><td class="number">${formatCount(result.negatives)}</td>`;
  const head = html`<th scope="row">${label}${level && html` <small>${level}</small>`}</th>`;
  if (result.auc === null) {
    return html`<tr>${head}<td class="missing" colspan="2">${result.reason}</td><td class="wide plot"></td>${counts}</tr>`;
  }
  return html`<tr>${head}<td class="number strong">${formatFixed(result.auc)}</td><td class="number">${formatInterval(result.interval)}</td><td class="wide plot">${renderScale(result.auc, result.interval, [0, 0.5, 1])}</td>${counts}</tr>`;
}

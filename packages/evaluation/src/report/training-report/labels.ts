import { renderLines } from '../charts/lines.js';
import { formatCount, formatFixed } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import type { DrawnSection } from '../html/report-page.js';
import { renderLabelTable } from '../sections/evaluation.js';
import { renderScale } from '../sections/overview.js';
import type { TrainingReportData } from './data.js';
import { aucDomain } from './validation.js';
import type { MetricCurve } from './validations.js';

const chartSize = { width: 190, height: 112 } as const;

/** A small chart and a row a label; null where no label was measured. */
export async function renderLabels(
  { labels, evaluation }: TrainingReportData,
  metrics: ReadonlyMap<string, MetricCurve>,
): Promise<DrawnSection | null> {
  const rows = labels.map((label) => ({ label, curve: metrics.get(`auc/${label}`) }));
  const measured = rows.flatMap(({ label, curve }) => (curve ? [{ label, curve }] : []));
  if (measured.length === 0 && evaluation === undefined) return null;
  const domain = aucDomain(measured.map(({ curve }) => curve));
  const bestStep = metrics.get('auc')?.best[0];
  const charts: Html[] = [];
  for (const { label, curve } of measured) charts.push(await drawLabel(label, curve, domain));
  const missing = rows.filter(({ curve }) => !curve).map(({ label }) => label);
  return {
    title: 'Labels',
    lead: 'How well each label is told apart, one against the rest, on the validation rows.',
    body: html`${
      charts.length > 0 &&
      html`<ul class="multiples">${charts}</ul>
<p class="note">AUC over steps, all on one scale. Dot: the label's own best. Dotted: chance, 0.5.</p>
${renderEnds(measured, bestStep)}`
    }
${charts.length > 0 && missing.length > 0 && html`<p class="note note-apart">Not measured: ${missing.join(', ')}. A label needs rows that have it and rows that have it not.</p>`}
${evaluation && renderLabelTable(evaluation.perLabel, { level: evaluation.level, caption: 'On the evaluation rows, with intervals' })}`,
  };
}

async function drawLabel(label: string, curve: MetricCurve, domain: readonly [number, number]): Promise<Html> {
  const { best, last } = curve;
  const description = `Line chart of the AUC of ${label} over steps, best ${formatFixed(best[1])} at step ${best[0]}, last ${formatFixed(last[1])}.`;
  const chart = await renderLines([curve], { x: '', y: '', domain, level: 0.5, dots: [best], size: chartSize });
  return html`<li><p class="multiple-title"><bdi>${label}</bdi> <b>${formatFixed(last[1])}</b></p><div role="img" aria-label="${description}">${chart}</div></li>`;
}

interface MeasuredLabel {
  readonly label: string;
  readonly curve: MetricCurve;
}

/** The AUC of each label at the best and at the last validation. */
function renderEnds(measured: readonly MeasuredLabel[], bestStep: number | undefined): Html {
  const lastStep = Math.max(...measured.map(({ curve }) => curve.last[0]));
  const at = ({ points }: MetricCurve, step: number | undefined) => points.find(([x]) => x === step)?.[1];
  const print = (value: number | undefined) => (value === undefined ? '–' : formatFixed(value));
  return html`<table class="table">
<caption>AUC of each label at the end${bestStep !== undefined && html`, and at the step with the best AUC of all`}</caption>
<thead><tr><th scope="col">Label</th>${bestStep !== undefined && html`<th scope="col" class="number">Step ${formatCount(bestStep)} <small>best</small></th>`}<th scope="col" class="number">Step ${formatCount(lastStep)} <small>last</small></th><th scope="col" class="wide plot"><span>0</span><span>0.5</span><span>1</span></th></tr></thead>
<tbody>${measured.map(({ label, curve }) => {
    const last = at(curve, lastStep);
    return html`<tr><th scope="row"><bdi>${label}</bdi></th>${bestStep !== undefined && html`<td class="number strong">${print(at(curve, bestStep))}</td>`}<td class="number">${print(last)}</td><td class="wide plot">${last !== undefined && renderScale(last, [last, last], [0, 0.5, 1])}</td></tr>`;
  })}</tbody>
</table>`;
}

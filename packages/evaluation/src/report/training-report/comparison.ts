import { formatCount, formatFixed, formatInterval, formatShare } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import type { DrawnSection } from '../html/report-page.js';
import type { ComparedRun } from './data.js';
import { computeMeanInterval, type MeanInterval } from './mean-interval.js';

const level = 0.95;
const digits = 3;

/** Runs side by side: a table a metric with means and paired differences, and every run. */
export function renderComparison(runs: readonly ComparedRun[]): DrawnSection {
  const experiments = groupRuns(runs);
  const metrics = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))];
  const [reference] = experiments.keys();
  return {
    title: 'Comparison',
    lead: `Intervals cover ${formatShare(level)}, by Student's t over the runs: they say how much the seed matters, not how other people would score.`,
    body: html`${metrics.map((metric) => renderMetric(metric, experiments, reference!))}
<details><summary>Every run</summary>${renderRuns(runs, metrics)}</details>`,
  };
}

function groupRuns(runs: readonly ComparedRun[]): Map<string, ComparedRun[]> {
  const experiments = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const group = experiments.get(run.experiment);
    if (group) group.push(run);
    else experiments.set(run.experiment, [run]);
  }
  return experiments;
}

const isMeasured = (value: number | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

/** Differences between the runs of two experiments that have the same seed. */
function pairRuns(runs: readonly ComparedRun[], reference: readonly ComparedRun[], metric: string): number[] {
  const bySeed = new Map(reference.map(({ seed, metrics }) => [seed, metrics[metric]]));
  return runs.flatMap(({ seed, metrics }) => {
    const [ours, theirs] = [metrics[metric], bySeed.get(seed)];
    return isMeasured(ours) && isMeasured(theirs) ? [ours - theirs] : [];
  });
}

function renderMetric(
  metric: string,
  experiments: ReadonlyMap<string, readonly ComparedRun[]>,
  reference: string,
): Html {
  const hasOthers = experiments.size > 1;
  return html`<table class="table">
<caption><bdi>${metric}</bdi>${hasOthers && html`; differences are paired by seed, against <bdi>${reference}</bdi>`}</caption>
<thead><tr><th scope="col">Experiment</th><th scope="col" class="number">Runs</th><th scope="col" class="number">Mean</th>${hasOthers && html`<th scope="col" class="number">Difference</th>`}</tr></thead>
<tbody>${[...experiments].map(([name, runs]) => {
    const values = runs.map(({ metrics }) => metrics[metric]).filter(isMeasured);
    const pairs = name === reference ? [] : pairRuns(runs, experiments.get(reference)!, metric);
    return html`<tr><th scope="row"><bdi>${name}</bdi></th><td class="number">${formatCount(values.length)}</td><td class="number">${values.length > 0 ? renderMean(computeMeanInterval(values, level)) : '–'}</td>${hasOthers && html`<td class="number">${pairs.length > 0 ? renderDifference(computeMeanInterval(pairs, level)) : name === reference ? '' : html`<span class="missing">no pairs</span>`}</td>`}</tr>`;
  })}</tbody>
</table>`;
}

function renderMean({ mean, interval }: MeanInterval): Html {
  return html`<span class="strong">${formatFixed(mean, digits)}</span>${interval && html`<br><small>${formatInterval(interval, digits)}</small>`}`;
}

/** `−0.012`, with a sign always. */
const formatSigned = (value: number) => `${value < 0 ? '\u2212' : '+'}${formatFixed(Math.abs(value), digits)}`;

function renderDifference({ count, mean, interval }: MeanInterval): Html {
  if (!interval) return html`<span class="strong">${formatSigned(mean)}</span><br><small>1 pair</small>`;
  const isClear = interval[0] > 0 || interval[1] < 0;
  return html`<span class="strong">${formatSigned(mean)}</span><br><small>${formatSigned(interval[0])} to ${formatSigned(interval[1])}<br>${formatCount(count)} pairs${!isClear && ', not told from 0'}</small>`;
}

function renderRuns(runs: readonly ComparedRun[], metrics: readonly string[]): Html {
  return html`<div class="scroll"><table class="table">
<thead><tr><th scope="col">Experiment</th><th scope="col" class="number">Seed</th>${metrics.map((metric) => html`<th scope="col" class="number"><bdi>${metric}</bdi></th>`)}</tr></thead>
<tbody>${runs.map(
    ({ experiment, seed, metrics: values }) =>
      html`<tr><th scope="row"><bdi>${experiment}</bdi></th><td class="number"><bdi>${String(seed)}</bdi></td>${metrics.map((metric) => html`<td class="number">${isMeasured(values[metric]) ? formatFixed(values[metric], digits) : '–'}</td>`)}</tr>`,
  )}</tbody>
</table></div>`;
}

import type { StepRecord } from '@sofd/trainer';
import { element } from '../../browser/src/dom.js';

const tasks = ['primary', 'global', 'local'] as const;
type Values = (record: StepRecord) => StepRecord['losses'];

/** Both curves, in the order in which they are drawn. */
const curves: readonly {
  readonly title: string;
  readonly values: Values;
  readonly least: readonly [number, number];
}[] = [
  { title: 'Loss by task', values: ({ losses }) => losses, least: [0, 0.5] },
  { title: 'Task weight λ', values: ({ taskWeights }) => taskWeights, least: [0.98, 1.02] },
];

function drawLine(points: readonly (readonly [number, number])[], task: string): SVGElement {
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  line.setAttribute('points', points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' '));
  line.setAttribute('class', `line ${task}`);
  return line;
}

/** Lines in a square of 100 by 100 that is stretched to its box; the words stand around it, so that they are not. */
function drawPlot(
  records: readonly StepRecord[],
  values: Values,
  { least, steps }: { least: readonly [number, number]; steps: number },
) {
  const all = records.flatMap((record) => tasks.map((task) => values(record)[task]));
  const low = Math.min(least[0], ...all);
  const high = Math.max(least[1], ...all);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 100 100');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const place = (record: StepRecord, task: (typeof tasks)[number]) =>
    [
      (100 * (record.step - 1)) / Math.max(1, steps - 1),
      100 - (100 * (values(record)[task] - low)) / (high - low),
    ] as const;
  svg.append(
    ...tasks.map((task) =>
      drawLine(
        records.map((record) => place(record, task)),
        task,
      ),
    ),
  );
  return element(
    'div',
    { class: 'plot' },
    element('span', { class: 'high' }, high.toFixed(2)),
    element('span', { class: 'low' }, low.toFixed(2)),
    svg,
    element('span', { class: 'first' }, 'step 1'),
    element('span', { class: 'last' }, `step ${steps}`),
  );
}

function drawTable(records: readonly StepRecord[]): HTMLElement {
  const heads = ['Step', ...tasks.map((task) => `Loss, ${task}`), ...tasks.map((task) => `λ, ${task}`)];
  const rows = records.map(({ step, losses, taskWeights }) => {
    const numbers = [losses, taskWeights].flatMap((values) => tasks.map((task) => values[task].toFixed(4)));
    return element('tr', {}, ...[String(step), ...numbers].map((cell) => element('td', {}, cell)));
  });
  const head = element('tr', {}, ...heads.map((name) => element('th', { scope: 'col' }, name)));
  return element('table', { class: 'numbers' }, element('thead', {}, head), element('tbody', {}, ...rows));
}

/** Draws losses and task weights of the steps so far; the same numbers stand in a table below, once all are there. */
export function drawCurves(container: HTMLElement, records: readonly StepRecord[], steps: number): void {
  const last = records.at(-1);
  const figures = curves.map(({ title, values, least }) => {
    const legend = tasks.map((task) =>
      element('li', { class: task }, `${task} `, element('b', {}, last ? values(last)[task].toFixed(3) : '–')),
    );
    return element(
      'figure',
      {},
      element('figcaption', {}, title, element('ul', { class: 'legend' }, ...legend)),
      drawPlot(records, values, { least, steps }),
    );
  });
  container.replaceChildren(...figures);
}

/** Adds the numbers behind the curves. */
export function addNumbers(container: HTMLElement, records: readonly StepRecord[]): void {
  const summary = element('summary', {}, 'All steps as a table');
  container.append(element('details', {}, summary, element('div', { class: 'wide' }, drawTable(records))));
}

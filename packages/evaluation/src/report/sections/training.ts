import { EvaluationError } from '@sofd/core';
import { renderFigure } from '../charts/figure.js';
import { renderLines } from '../charts/lines.js';
import { formatFixed } from '../html/format.js';
import { type Html, html } from '../html/html.js';

/** Losses and weights after one training step, in the order of the section's tasks. */
export interface TrainingStep {
  readonly step: number;
  /** [tasks], the loss of each task. */
  readonly losses: readonly number[];
  /** [tasks], the weight of each task. */
  readonly weights: readonly number[];
}

/** How the model learned. */
export interface TrainingSection {
  readonly kind: 'training';
  readonly title?: string;
  readonly lead?: string;
  /** Task names, for instance primary, global, local. */
  readonly tasks: readonly string[];
  /** Ascending in `step`. */
  readonly steps: readonly TrainingStep[];
  /** Validation AUC at some steps, ascending; empty if there was no validation. */
  readonly validation: readonly { readonly step: number; readonly auc: number }[];
}

/** Renders loss, weight and validation curves side by side. */
export async function renderTraining({ tasks, steps, validation }: TrainingSection): Promise<Html> {
  checkSteps(tasks, steps);
  const window = Math.max(1, Math.round(steps.length / 15));
  const figures: Html[] = [];
  if (steps.length > 0) {
    const curves = (of: (step: TrainingStep) => readonly number[]) =>
      tasks.map((_, task) => ({ points: steps.map((step) => [step.step, of(step)[task]!] as const) }));
    const first = steps[0]!;
    const last = steps.at(-1)!;
    const compare = (of: (step: TrainingStep) => readonly number[]) =>
      tasks
        .map((task, index) => `${task} ${formatFixed(of(first)[index]!)} to ${formatFixed(of(last)[index]!)}`)
        .join(', ');
    figures.push(
      renderFigure({
        title: 'Loss of each task',
        description: `Line chart of loss over steps: ${compare((step) => step.losses)}.`,
        chart: await renderLines(
          curves((step) => step.losses),
          { x: 'step', y: 'loss', window },
        ),
        legend: tasks,
        ...(window > 1 ? { note: `Thin: every step. Bold: mean of ${window} steps.` } : {}),
      }),
      renderFigure({
        title: 'Weight of each task',
        description: `Line chart of task weights over steps: ${compare((step) => step.weights)}.`,
        chart: await renderLines(
          curves((step) => step.weights),
          { x: 'step', y: 'weight' },
        ),
        legend: tasks,
      }),
    );
  }
  if (validation.length > 0) figures.push(await renderValidation(validation));
  return html`<div class="figures">${figures}</div>`;
}

async function renderValidation(validation: TrainingSection['validation']): Promise<Html> {
  const lowest = Math.min(0.5, ...validation.map(({ auc }) => auc));
  const best = validation.reduce((a, b) => (b.auc > a.auc ? b : a));
  return renderFigure({
    title: 'Validation AUC',
    description: `Line chart of validation AUC over steps, best ${formatFixed(best.auc)} at step ${best.step}.`,
    chart: await renderLines([{ points: validation.map(({ step, auc }) => [step, auc] as const) }], {
      x: 'step',
      y: 'AUC',
      domain: [Math.floor(lowest * 10) / 10, 1],
      level: 0.5,
    }),
    note: `Best ${formatFixed(best.auc)} at step ${best.step}; dotted: chance, 0.5.`,
  });
}

function checkSteps(tasks: readonly string[], steps: readonly TrainingStep[]): void {
  for (const { step, losses, weights } of steps) {
    for (const [name, values] of [
      ['losses', losses],
      ['weights', weights],
    ] as const) {
      if (values.length === tasks.length && values.every(Number.isFinite)) continue;
      throw new EvaluationError(
        `renderReport: expected ${tasks.length} finite ${name} at step ${step} of the training section, got [${values.join(', ')}]; record one number for each task`,
      );
    }
  }
}

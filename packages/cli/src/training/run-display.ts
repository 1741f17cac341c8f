import { join } from 'node:path';
import type { StepRecord } from '@sofd/trainer';
import type { CommandContext } from '../command-context.js';
import { formatTable } from '../format-table.js';
import { findBest } from './training-report.js';

const format = (value: number | undefined): string => value?.toFixed(4) ?? '-';

const formatNumbers = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${format(value)}`)
    .join(', ');

/**
 * Shows a run as it goes: a bar, and a line a validation.
 *
 * @param run - name, steps and the metric by which validations are told better
 */
export function createStepDisplay(
  { log, progress }: CommandContext,
  { name, steps, monitor }: { readonly name: string; readonly steps: number; readonly monitor: string },
) {
  return ({ step, losses, taskWeights, validation }: StepRecord) => {
    progress({ stage: `training ${name}`, done: step, total: steps, note: `loss ${format(losses.primary)}` });
    if (validation !== undefined)
      log(
        `  step ${String(step).padStart(String(steps).length)}: validation ${monitor} ${format(validation[monitor])}; loss ${formatNumbers(losses)}; weight ${formatNumbers(taskWeights)}`,
      );
  };
}

/**
 * What a run came to, for a person.
 *
 * @param output - run folder
 * @returns lines
 */
export function describeRun(
  output: string,
  {
    records,
    monitor,
    engine,
    ended,
    best,
  }: {
    readonly records: readonly StepRecord[];
    readonly monitor: string;
    readonly engine: string;
    readonly ended: 'steps' | 'early';
    /** Folders of the best checkpoints. */
    readonly best: readonly string[];
  },
): readonly string[] {
  const last = records.at(-1)!;
  const found = findBest(records, monitor);
  const names = Object.keys(last.validation ?? found?.metrics ?? {});
  const rows = names.map((name) => [name, format(last.validation?.[name]), format(found?.metrics[name])]);
  const places = [
    ['weights', join(output, 'model.safetensors')],
    ...best.map((folder) => ['best', folder]),
    ['report', join(output, 'report.html')],
    ['curves', `tensorboard --logdir ${output}`],
  ];
  return [
    `${last.step} steps on ${engine}${ended === 'early' ? `; ended early, ${monitor} no longer improved` : ''}.`,
    '',
    ...formatTable(
      ['validation', `step ${last.step}`, found === undefined ? 'best' : `best (step ${found.step})`],
      rows,
    ),
    '',
    ...formatTable(['result', 'where'], places),
  ];
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitNames } from '@sofd/dataset';
import type { FolderDataset } from '@sofd/dataset/node';
import { writeFileAtomically } from '@sofd/model/node';
import { defineExperiment, rankValidations, type StepRecord, taskNames } from '@sofd/trainer';
import type { PreparedRun } from './prepare-run.js';

/** All records of a run; a line that an interruption left half-written does not count. */
export async function readRecords(output: string): Promise<StepRecord[]> {
  const text = await readFile(join(output, 'metrics.jsonl'), 'utf8').catch(() => '');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as StepRecord);
}

/** The best validation among records; undefined where none was. */
export function findBest(records: readonly StepRecord[], monitor: string) {
  const validations = records.flatMap(({ step, validation }) =>
    validation === undefined ? [] : [{ step, metrics: validation }],
  );
  return rankValidations(validations, monitor)[0];
}

const listParts = (dataset: FolderDataset) =>
  splitNames.map((part) => {
    const rows = dataset.split(part);
    return { part, people: new Set(rows.map(({ identity }) => identity)).size, rows: rows.length };
  });

/**
 * Writes `report.html` of a run, complete or not.
 *
 * @param output - run folder
 * @param run - as `prepareRun` gave it
 * @returns the file
 */
export async function writeTrainingReport(
  output: string,
  { model, weighting, record }: Pick<PreparedRun, 'model' | 'weighting' | 'record'>,
): Promise<string> {
  const { file, dataset, engine } = model;
  const { experiment } = file;
  const { monitor } = experiment;
  const records = await readRecords(output);
  const best = findBest(records, monitor);
  // Draws with Vega, which only a report needs.
  const { renderTrainingReport } = await import('@sofd/evaluation/report');
  const page = await renderTrainingReport({
    name: experiment.name,
    experiment,
    defaults: defineExperiment({}),
    records,
    tasks: taskNames,
    labels: dataset.graph.labels,
    weighting: weighting.name,
    engine,
    started: record.started,
    finished: new Date().toISOString(),
    ...(best === undefined ? {} : { best: { [monitor]: best.step } }),
    dataset: listParts(dataset),
  });
  const path = join(output, 'report.html');
  await writeFileAtomically(path, page);
  return path;
}

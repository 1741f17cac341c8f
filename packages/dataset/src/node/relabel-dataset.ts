import { constants, copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatasetError, type DatasetRow, type Progress, throwIfAborted } from '@sofd/core';
import { assertLabelRules, type LabelChoice } from '../relabel/assert-label-rules.js';
import { decideChange } from '../relabel/measured/decide-change.js';
import { defaultEvidence } from '../relabel/measured/evidence.js';
import { measureAgreement } from '../relabel/measured/measure-agreement.js';
import { relabel, resolveAnnotation } from '../relabel/relabel.js';
import { computeDigest, hashBytes } from './compute-digest.js';
import { type DatasetInfo, infoFile } from './dataset-info.js';
import { hashJson } from './expand-recipe.js';
import { openDataset } from './open-dataset.js';
import { assertReplaceable, commitOutput, holds, readFinished } from './output-folder.js';
import { partialFolder, workPaths, writeWhole } from './work-folder.js';
import { writeRows } from './write-rows.js';

/** What {@link relabelDataset} works on and how. */
export interface RelabelOptions extends LabelChoice {
  /** Folder of a data set; it is not changed. */
  readonly input: string;
  /** Folder of the data set to make. It must not exist, be empty, or hold a data set of sofd, which is replaced. */
  readonly output: string;
  /** Replaces the output folder even if it holds something else. */
  readonly overwrite?: boolean;
  readonly onProgress?: Progress;
  readonly signal?: AbortSignal;
}

/** What relabelling made. */
export interface RelabelSummary {
  readonly rows: number;
  readonly real: number;
  readonly fake: number;
  /** Rows whose `label` (real or fake) is another than before. */
  readonly flipped: number;
  readonly digest: string;
  /** Whether the output was there already. */
  readonly nothingToDo: boolean;
}

/** The labels of every manipulation that is there; rules that are missing are named all at once. */
function labelManipulations(rows: readonly DatasetRow[], { labelGraph, annotation }: LabelChoice) {
  const { name, table } = resolveAnnotation(annotation);
  const manipulations = [...new Set(rows.map(({ manipulation }) => manipulation))];
  const missing = manipulations.filter((manipulation) => !Object.hasOwn(table, manipulation));
  if (missing.length > 0) {
    throw new DatasetError(
      `relabelDataset: expected rules for ${manipulations.join(', ')}, got none for ${missing.join(', ')} (annotation ${name}); ` +
        'add them to the table',
      { problems: missing },
    );
  }
  return new Map(manipulations.map((manipulation) => [manipulation, relabel(labelGraph, manipulation, annotation)]));
}

function relabelRows(rows: readonly DatasetRow[], info: DatasetInfo, choice: LabelChoice): DatasetRow[] {
  const labelsOf = labelManipulations(rows, choice);
  const { labelGraph: graph, evidence = defaultEvidence } = choice;
  return rows.map((row) => {
    const { label, targets, altered } = labelsOf.get(row.manipulation)!;
    const measured =
      row.measured === null ? null : decideChange(row.measured.change, info.measurement!, { graph, evidence });
    return { ...row, label, targets: [...targets], altered: [...altered], measured };
  });
}

/** Copies what rows name; by reference where the file system can. */
async function copyFiles(
  files: readonly string[],
  work: string,
  options: RelabelOptions,
): Promise<Map<string, string>> {
  const { input, onProgress, signal } = options;
  const hashes = new Map<string, string>();
  for (const file of files) {
    throwIfAborted(signal, 'relabelDataset');
    onProgress?.({ stage: 'copy images', done: hashes.size, total: files.length, note: file });
    const from = join(input, file);
    const to = join(work, workPaths.data, file);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    hashes.set(file, hashBytes(await readFile(to)));
  }
  onProgress?.({ stage: 'copy images', done: files.length, total: files.length });
  return hashes;
}

const summarise = (rows: readonly DatasetRow[], before: readonly DatasetRow[], digest: string): RelabelSummary => ({
  rows: rows.length,
  real: rows.filter(({ label }) => label === 'real').length,
  fake: rows.filter(({ label }) => label === 'fake').length,
  flipped: rows.filter(({ label }, i) => label !== before[i]!.label).length,
  digest,
  nothingToDo: false,
});

/**
 * Makes a copy of a data set that is labelled by another graph or other rules. Images, splits and measurements stay; labels,
 * targets and what the measurements support follow the new rules.
 *
 * @param options see {@link RelabelOptions}
 * @returns counts, and the digest
 * @throws DatasetError where the input is damaged, a manipulation has no rule, or the output holds something else
 * @throws IllegalLabelError where a rule breaks the graph
 * @throws AbortedError where the signal was raised
 *
 * @example
 * ```ts
 * await relabelDataset({ input: 'faces', output: 'faces-graph', labelGraph: faceForensics, annotation: 'graph' });
 * ```
 *
 * @see method.md section 4
 */
export async function relabelDataset(options: RelabelOptions): Promise<RelabelSummary> {
  const { input, output, labelGraph, annotation, evidence = defaultEvidence, overwrite = false } = options;
  assertLabelRules(options, 'relabelDataset');
  await assertReplaceable(output, { input, overwrite });
  if (holds(input, output)) {
    throw new DatasetError(
      `relabelDataset: expected an output folder outside of ${input}, got ${output}; choose another output`,
    );
  }
  const dataset = await openDataset(input, { verify: true });
  const rules = resolveAnnotation(annotation);
  const madeFrom = {
    input: dataset.info.digest,
    recipe: hashJson({ relabelled: { labelGraph: labelGraph.definition, annotation: rules, evidence } }),
  };
  const rows = relabelRows(dataset.rows, dataset.info, options);
  const finished = await readFinished(output, madeFrom);
  if (finished !== null) return { ...summarise(rows, dataset.rows, finished.digest), nothingToDo: true };
  const work = join(partialFolder(output), 'relabel');
  try {
    await rm(partialFolder(output), { recursive: true, force: true });
    await mkdir(join(work, 'tmp'), { recursive: true });
    const files = rows.flatMap(({ file_name, mask }) => (mask === null ? [file_name] : [file_name, mask]));
    const hashes = new Map([...(await copyFiles(files, work, options)), ...(await writeRows(work, rows))]);
    const summary = summarise(rows, dataset.rows, computeDigest(hashes));
    const { measurement, counts } = dataset.info;
    const agreement = { evidence, agreement: measureAgreement(rows, { labels: labelGraph.labels, evidence }) };
    const info: DatasetInfo = {
      ...dataset.info,
      labelGraph: labelGraph.definition,
      annotation: rules.name,
      counts: { ...counts, real: summary.real, fake: summary.fake },
      measurement: measurement === null ? null : { ...measurement, ...agreement },
      digest: summary.digest,
      madeFrom,
    };
    await writeWhole(work, `${workPaths.data}/${infoFile}`, `${JSON.stringify(info, null, 2)}\n`);
    throwIfAborted(options.signal, 'relabelDataset');
    await commitOutput(work, output, madeFrom);
    return summary;
  } finally {
    await rm(partialFolder(output), { recursive: true, force: true });
  }
}

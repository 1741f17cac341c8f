import { faceForensics } from '@sofd/core';
import { type RelabelSummary, relabelDataset } from '@sofd/dataset/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { addContactSheet } from '../contact-sheet/write-contact-sheet.js';
import { type LabelFiles, readLabelRules } from '../read-label-rules.js';

/** Options of `sofd dataset relabel`. */
export interface DatasetRelabelOptions extends CommonOptions, LabelFiles {
  /** Data set folder; it is not changed. */
  readonly data: string;
  /** Folder of the data set to make. */
  readonly output: string;
  /** Published label map, where no rules are given. @default 'training' */
  readonly annotation: 'training' | 'graph';
  /** Replace what is at the output. @default false */
  readonly overwrite: boolean;
}

/** Makes a copy of a data set that is labelled by another graph or other rules. */
export async function datasetRelabel(
  options: DatasetRelabelOptions,
  { log, progress, signal }: CommandContext,
): Promise<RelabelSummary> {
  const { data, output, annotation, overwrite, seed } = options;
  const rules = await readLabelRules(options, 'dataset relabel');
  const summary = await relabelDataset({
    ...{ input: data, output, labelGraph: faceForensics, annotation, overwrite, ...rules },
    ...{ onProgress: progress, signal },
  });
  const { rows, real, fake, flipped, nothingToDo } = summary;
  if (nothingToDo) log(`Nothing to do: ${output} was made from the same data set by the same rules.`);
  else log(`${rows} images, ${real} real and ${fake} fake; ${flipped} changed sides.`);
  log(`See ${await addContactSheet(output, { seed })}`);
  return summary;
}

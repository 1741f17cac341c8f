import type { DatasetRow } from '@sofd/core';
import { describeMode, drawContactSheet, type FolderDataset } from '@sofd/dataset/node';
import {
  type ContactSheet,
  countBySplit,
  countRows,
  type DatasetSample,
  type SamplePicture,
} from '@sofd/evaluation/report';
import { countSkipped } from '../count-skipped.js';

/** Gives a picture of a row: its image or its mask. */
export type PictureOf = (row: DatasetRow, kind: 'image' | 'mask') => Promise<SamplePicture>;

/** What is drawn, and how pictures come into the page. */
export interface CollectOptions {
  /** Images of each mode at most. */
  readonly perMode: number;
  readonly seed: number;
  readonly pictureOf: PictureOf;
}

/**
 * Whether a row's image may be shown: the terms of its data set allow it, and of all that it was made from.
 *
 * @param dataset - the rows
 */
export function createShowable({ rows }: Pick<FolderDataset, 'rows'>): (row: DatasetRow) => boolean {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (row) => row.showable && row.parents.every((parent) => byId.get(parent)?.showable === true);
}

/** Names of the altered labels but the first, which says only that the image is fake. */
const alteredLabels = ({ altered }: Pick<DatasetRow, 'altered'>): readonly string[] => altered.slice(1);

/**
 * Draws lines of the contact sheet with their pictures; what must not be shown is withheld.
 *
 * @param dataset - an opened data set
 * @param options - see {@link CollectOptions}
 */
export async function collectSamples(dataset: FolderDataset, options: CollectOptions): Promise<DatasetSample[]> {
  const { perMode, seed, pictureOf } = options;
  const isShowable = createShowable(dataset);
  const show = async (row: DatasetRow | null, kind: 'image' | 'mask'): Promise<SamplePicture | null> => {
    if (row === null || (kind === 'mask' && row.mask === null)) return null;
    return isShowable(row) ? await pictureOf(row, kind) : { withheld: 'not to be shown' };
  };
  const samples: DatasetSample[] = [];
  for (const { row, target, donor } of drawContactSheet(dataset, { perMode, seed })) {
    samples.push({
      target: await show(target, 'image'),
      donor: await show(donor, 'image'),
      mask: await show(row, 'mask'),
      result: (await show(row, 'image'))!,
      label: row.label,
      mode: describeMode(row),
      altered: alteredLabels(row),
      note: `${row.id}, ${row.split}, person ${row.identity}`,
    });
  }
  return samples;
}

/**
 * Gathers what a contact sheet shows.
 *
 * @param dataset - an opened data set
 * @param options - see {@link CollectOptions}
 */
export async function collectContactSheet(dataset: FolderDataset, options: CollectOptions): Promise<ContactSheet> {
  const { source, counts, seed, digest, skipped } = dataset.info;
  const labels = countBySplit(dataset.rows, (row) => [row.label, ...alteredLabels(row)]);
  return {
    title: 'Contact sheet',
    subtitle: `From ${source.title}; seed ${seed}; content ${digest.slice(0, 16)}`,
    summary: [
      `${counts.rows} images, ${counts.real} real and ${counts.fake} fake, of ${counts.identities} people.`,
      `${skipped.length} files and faces were skipped.`,
    ],
    counts: countRows(dataset.rows.map((row) => ({ mode: describeMode(row), split: row.split }))),
    labelCounts: [...labels].map(([label, count]) => ({ label, ...count })),
    skipped: countSkipped(skipped),
    samples: await collectSamples(dataset, options),
  };
}

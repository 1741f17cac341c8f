import { createRandom, type DatasetRow } from '@sofd/core';
import { compareText } from '../compare-text.js';
import type { Dataset } from '../dataset.js';

/** One line of a contact sheet: an image and the images that it was made from. */
export interface ContactSheetEntry {
  readonly row: DatasetRow;
  /** The face that was altered, or the real counterpart of a published fake; `null` where there is none. */
  readonly target: DatasetRow | null;
  /** The face that something was taken from; `null` where the mode takes none. */
  readonly donor: DatasetRow | null;
}

/** What an image is grouped by: how sofd made it, or the method that its data set names. */
export const describeMode = ({ method, mode }: Pick<DatasetRow, 'method' | 'mode'>): string => method ?? mode;

/** Modes by name, unaltered images last. */
function listModes(rows: readonly DatasetRow[]): string[] {
  return [...new Set(rows.map(describeMode))].sort(
    (a, b) => Number(a === 'original') - Number(b === 'original') || compareText(a, b),
  );
}

/**
 * Draws images of every mode, for a person to look at beside what they were made from.
 *
 * @param dataset an opened data set
 * @param options how many images of each mode at most, and the seed of the draw
 * @returns lines, mode by mode, unaltered images last
 *
 * @example
 * ```ts
 * const [first] = drawContactSheet(dataset, { perMode: 6, seed: 1 });
 * first!.row.altered; // for instance ['fake', 'physical inconsistency', 'eye']
 * ```
 */
export function drawContactSheet(
  { rows }: Pick<Dataset, 'rows'>,
  { perMode, seed }: { readonly perMode: number; readonly seed: number | string },
): ContactSheetEntry[] {
  const random = createRandom(seed).split('contact-sheet');
  const byId = new Map(rows.map((row) => [row.id, row]));
  const find = (id: string | undefined) => (id === undefined ? null : (byId.get(id) ?? null));
  return listModes(rows).flatMap((mode) => {
    const own = rows.filter((row) => describeMode(row) === mode);
    const drawn = random.split(mode).shuffle(own).slice(0, perMode);
    return drawn.map((row) => ({ row, target: find(row.parents[0]), donor: find(row.parents[1]) }));
  });
}

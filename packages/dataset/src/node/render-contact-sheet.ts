import { createRandom, DatasetError, type DatasetRow } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import { encodeImagePng } from './encode-png.js';
import type { FolderDataset } from './open-dataset.js';

/** One line of a contact sheet; images are PNG bytes. */
export interface ContactSheetEntry {
  readonly row: DatasetRow;
  /** The face that was altered. */
  readonly target: Uint8Array;
  /** The face that a region came from, `null` where the mode takes none. */
  readonly donor: Uint8Array | null;
  readonly mask: Uint8Array;
  /** The image of the row. */
  readonly result: Uint8Array;
  /** What the row is labelled, in words: `fake: physical inconsistency, eye`. */
  readonly label: string;
}

async function loadPng(load: Promise<PixelImage | null>): Promise<Uint8Array | null> {
  const image = await load;
  return image === null ? null : await encodeImagePng(image);
}

/** Rows with a mask and a parent, the same number of each mode where there are enough. */
function drawRows(dataset: FolderDataset, count: number, seed: number | string): DatasetRow[] {
  const random = createRandom(seed).split('contact-sheet');
  const ids = new Set(dataset.rows.map(({ id }) => id));
  const usable = dataset.rows.filter(({ mask, parents }) => mask !== null && parents.some((parent) => ids.has(parent)));
  const modes = [...new Set(usable.map(({ mode }) => mode))].map((mode) =>
    random.split(mode).shuffle(usable.filter((row) => row.mode === mode)),
  );
  const drawn: DatasetRow[] = [];
  for (let turn = 0; drawn.length < Math.min(count, usable.length); turn++) {
    for (const rows of modes) {
      const row = rows[turn];
      if (row !== undefined && drawn.length < count) drawn.push(row);
    }
  }
  return drawn;
}

/**
 * Draws altered images and what they were made from, for a person to look at: target, donor, mask, result, label.
 *
 * @param dataset an opened data set
 * @param options how many lines at most, and the seed of the draw
 * @returns lines, the modes in turn
 * @throws DatasetError where no row of the data set has a mask
 *
 * @example
 * ```ts
 * const [first] = await renderContactSheet(dataset, { count: 6, seed: 1 });
 * first!.label; // for instance 'fake: physical inconsistency, eye'
 * ```
 */
export async function renderContactSheet(
  dataset: FolderDataset,
  { count, seed }: { readonly count: number; readonly seed: number | string },
): Promise<ContactSheetEntry[]> {
  const drawn = drawRows(dataset, count, seed);
  if (drawn.length === 0) {
    throw new DatasetError(
      'renderContactSheet: expected rows with masks, got none; expand photographs with at least one mode',
    );
  }
  const byId = new Map(dataset.rows.map((row) => [row.id, row]));
  const load = async (id: string | undefined) => {
    const row = id === undefined ? undefined : byId.get(id);
    return row === undefined ? null : await loadPng(dataset.load(row));
  };
  const entries: ContactSheetEntry[] = [];
  for (const row of drawn) {
    const [target, donor] = [await load(row.parents[0]), await load(row.parents[1])];
    const mask = await loadPng(dataset.loadMask(row));
    const result = await load(row.id);
    const attributes = row.altered.slice(1).join(', ');
    const label = attributes === '' ? row.label : `${row.label}: ${attributes}`;
    entries.push({ row, target: target!, donor, mask: mask!, result: result!, label });
  }
  return entries;
}

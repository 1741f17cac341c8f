import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { contactSheetFile, type FolderDataset, openDataset } from '@sofd/dataset/node';
import { renderContactSheet } from '@sofd/evaluation/report';
import { encodeJpeg } from '@sofd/face';
import { CommandError } from '../command-error.js';
import { collectContactSheet, type PictureOf } from './collect-contact-sheet.js';

/** High enough that seams are those of the image, and a tenth of the PNG. */
const quality = 90;

/** Pictures as JPEG bytes, for pages that stand alone. */
export const embedPictures =
  (dataset: FolderDataset): PictureOf =>
  async (row, kind) =>
    await encodeJpeg((await (kind === 'mask' ? dataset.loadMask(row) : dataset.load(row)))!, { quality });

/** What is drawn and where it is written. */
export interface WriteContactSheetOptions {
  /** HTML file. */
  readonly output: string;
  /** Images of each mode at most. */
  readonly perMode: number;
  readonly seed: number;
}

/**
 * Writes a contact sheet that needs no network. The file appears when it is whole.
 *
 * @param data - data set folder
 * @param options - see {@link WriteContactSheetOptions}
 * @returns the size of the file in bytes
 * @throws {DatasetError} where the folder holds no data set of sofd
 * @throws {CommandError} where the file cannot be written
 */
export async function writeContactSheet(
  data: string,
  { output, perMode, seed }: WriteContactSheetOptions,
): Promise<number> {
  const dataset = await openDataset(data);
  const sheet = await collectContactSheet(dataset, { perMode, seed, pictureOf: embedPictures(dataset) });
  const bytes = Buffer.from(await renderContactSheet(sheet));
  // Beside the folder, whose files are those of the data set.
  const folder = dirname(resolve(output));
  const partial = join(folder === resolve(data) ? dirname(folder) : folder, `.${basename(output)}.${process.pid}`);
  try {
    await writeFile(partial, bytes);
    await rename(partial, output);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new CommandError(
      `contact sheet: expected a place to write ${output}, got ${String(cause)}; choose another file.`,
      {
        cause,
      },
    );
  }
  return bytes.length;
}

/** Samples of each mode in the sheet that comes with a data set. */
const samplesPerMode = 6;

/**
 * Puts the contact sheet into a data set's folder unless it is there. It is not part of the content digest, and the same data
 * set and seed give the same bytes.
 *
 * @param data - data set folder
 * @param options - the seed of the draw
 * @returns the file
 */
export async function addContactSheet(data: string, { seed }: { readonly seed: number }): Promise<string> {
  const output = join(data, contactSheetFile);
  if (!existsSync(output)) await writeContactSheet(data, { output, perMode: samplesPerMode, seed });
  return output;
}

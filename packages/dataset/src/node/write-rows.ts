import type { DatasetRow } from '@sofd/core';
import { compareText } from '../compare-text.js';
import { splitNames } from '../identity/split-by-group.js';
import { hashBytes } from './compute-digest.js';
import { metadataFile, parquetFile } from './dataset-info.js';
import { workPaths, writeWhole } from './work-folder.js';
import { encodeParquet } from './write-parquet.js';

const toLines = (rows: readonly DatasetRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/**
 * Writes the rows of a data set that lies in a work folder, as JSON lines and as Parquet.
 *
 * `datasets` looks for rows beside the images of each split and takes no two formats at once, so the splits hold Parquet.
 *
 * @param rows sorted by id
 * @returns SHA-256 of every file that was written, by its path in the data set
 */
export async function writeRows(work: string, rows: readonly DatasetRow[]): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const write = async (path: string, bytes: Uint8Array | string) => {
    await writeWhole(work, `${workPaths.data}/${path}`, bytes);
    hashes.set(path, hashBytes(bytes));
  };
  await write(metadataFile, toLines(rows));
  await write(parquetFile, encodeParquet(rows));
  for (const split of splitNames) {
    const own = rows.filter((row) => row.split === split);
    if (own.length === 0) continue;
    const beside = own.map((row) => ({ ...row, file_name: row.file_name.slice(split.length + 1) }));
    await write(`${split}/${parquetFile}`, encodeParquet(beside));
  }
  return hashes;
}

/** Counts rows by mode, names sorted. */
export function countModes(rows: readonly DatasetRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { mode } of rows) counts[mode] = (counts[mode] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => compareText(a, b)));
}

import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { DatasetError, formatProblems, parseLabelGraph, parseWith } from '@sofd/core';
import { decodeImage, type PixelImage } from '@sofd/face';
import { compareText } from '../compare-text.js';
import type { Dataset } from '../dataset.js';
import { checkRows, parseRows } from './check-rows.js';
import { computeDigest, hashBytes } from './compute-digest.js';
import { contactSheetFile, type DatasetInfo, datasetInfoSchema, infoFile, metadataFile } from './dataset-info.js';

/** A data set in a folder. */
export interface FolderDataset extends Dataset {
  /** `dataset.json`. */
  readonly info: DatasetInfo;
  /**
   * Reads the mask of a row.
   *
   * @returns the mask as a grey RGB image, `null` where nothing was altered
   */
  loadMask(row: FolderDataset['rows'][number]): Promise<PixelImage | null>;
}

async function readText(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new DatasetError(
      `openDataset: expected ${name} in ${folder}, got no readable file; check the path, or make a data set with expandFolder`,
      { cause },
    );
  }
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function readInfo(text: string): DatasetInfo {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DatasetError(
      `openDataset: expected JSON in ${infoFile}, got ${JSON.stringify(text.slice(0, 40))}; make it anew`,
      {
        cause,
      },
    );
  }
  return parseWith(datasetInfoSchema, json, infoFile, DatasetError);
}

/** Files that a digest covers: all but `dataset.json` and the contact sheet. */
async function findDigestProblem(folder: string, files: readonly string[], info: DatasetInfo): Promise<string[]> {
  const hashes = new Map<string, string>();
  for (const file of files) {
    if (file !== infoFile && file !== contactSheetFile) hashes.set(file, hashBytes(await readFile(join(folder, file))));
  }
  const digest = computeDigest(hashes);
  if (digest === info.digest) return [];
  return [`${infoFile}: expected files of digest ${info.digest}, got ${digest}; a file was changed, added or removed`];
}

/**
 * Opens a data set that `expandFolder` wrote, after checking all of it: files, labels, duplicates, relations, splits.
 *
 * @param folder the data set's folder
 * @param options `verify` also reads every file and compares the content digest
 * @returns rows, label graph, info, and a loader
 * @throws DatasetError listing every problem as `path:line: expected, got`
 *
 * @example
 * ```ts
 * const dataset = await openDataset('faces');
 * const image = await dataset.load(dataset.split('train')[0]!);
 * ```
 */
export async function openDataset(
  folder: string,
  { verify = false }: { readonly verify?: boolean } = {},
): Promise<FolderDataset> {
  const info = readInfo(await readText(folder, infoFile));
  const graph = parseLabelGraph(info.labelGraph, infoFile);
  const problems: string[] = [];
  const numbered = parseRows(await readText(folder, metadataFile), problems);
  const files = await listFiles(folder);
  problems.push(...checkRows(numbered, graph, new Set(files)));
  if (verify) problems.push(...(await findDigestProblem(folder, files, info)));
  if (problems.length > 0) throw new DatasetError(formatProblems(`openDataset(${folder})`, problems), { problems });
  const rows = numbered.map(({ row }) => row).sort((a, b) => compareText(a.id, b.id));
  return {
    rows,
    graph,
    info,
    split: (name) => rows.filter((row) => row.split === name),
    load: (row) => decodeImage(join(folder, row.file_name)),
    loadMask: async (row) => (row.mask === null ? null : await decodeImage(join(folder, row.mask))),
  };
}

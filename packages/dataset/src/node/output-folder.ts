import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { DatasetError } from '@sofd/core';
import * as v from 'valibot';
import { type DatasetInfo, datasetFormat, datasetInfoSchema, infoFile, type MadeFrom } from './dataset-info.js';
import { partialFolder, workPaths } from './work-folder.js';

async function listEntries(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new DatasetError(
      `expandFolder: expected a folder or nothing at ${folder}, got something else; choose another output`,
      {
        cause: error,
      },
    );
  }
}

async function readInfo(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, infoFile), 'utf8'));
  } catch {
    return null;
  }
}

/** Whether a folder is another one or holds it. */
export function holds(outer: string, inner: string): boolean {
  const way = relative(resolve(outer), resolve(inner));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Refuses to replace what sofd did not make.
 *
 * @throws DatasetError where the folder holds something else than a data set and `overwrite` is false, or holds the input
 */
export async function assertReplaceable(
  output: string,
  { input, overwrite }: { readonly input: string; readonly overwrite: boolean },
): Promise<void> {
  if (holds(output, input)) {
    throw new DatasetError(
      `expandFolder: expected an output folder that does not hold the photographs, got ${output} for the input ${input}; ` +
        'choose another output, as this one would be replaced',
    );
  }
  const entries = await listEntries(output);
  if (entries === null || entries.length === 0 || overwrite) return;
  const info = await readInfo(output);
  if (typeof info === 'object' && info !== null && 'format' in info && info.format === datasetFormat) return;
  throw new DatasetError(
    `expandFolder: expected an empty folder or a data set of sofd at ${output}, got ${entries.length} other entries ` +
      `(${entries.slice(0, 3).join(', ')}${entries.length > 3 ? ', ...' : ''}); choose another output, or pass overwrite`,
  );
}

/** The data set at a place, if it was made from the same input by the same recipe. */
export async function readFinished(output: string, { input, recipe }: MadeFrom): Promise<DatasetInfo | null> {
  const parsed = v.safeParse(datasetInfoSchema, await readInfo(output));
  if (!parsed.success) return null;
  const info = parsed.output as DatasetInfo;
  return info.madeFrom.input === input && info.madeFrom.recipe === recipe ? info : null;
}

/** Where the folder that is replaced waits until the new one is in its place. */
const replacedFolder = (output: string): string =>
  join(dirname(resolve(output)), `.${basename(resolve(output))}.replaced`);

/** Processes that replace a folder at the same moment may undo each other's step; they do not a second time. */
const commitAttempts = 5;

/** Renames; false where there is nothing to rename, or something in the way. */
async function tryRename(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Tidies up after a run that was killed while it replaced a folder: puts the old one back where the new one is missing. */
export async function restoreReplaced(output: string): Promise<void> {
  const old = replacedFolder(output);
  if ((await listEntries(output)) === null) await tryRename(old, output);
  else await rm(old, { recursive: true, force: true });
}

/** Removes what is left beside a finished data set. */
export async function removeLeftovers(output: string): Promise<void> {
  await rm(partialFolder(output), { recursive: true, force: true });
  await rm(replacedFolder(output), { recursive: true, force: true });
}

/**
 * Puts a data set that is whole in its place. Others may do the same at the same time: whoever is first wins, and the bytes
 * are the same.
 *
 * @throws DatasetError where the work folder is gone and nobody completed it
 */
export async function commitOutput(work: string, output: string, madeFrom: MadeFrom): Promise<void> {
  const data = join(work, workPaths.data);
  for (let attempt = 0; (await readFinished(output, madeFrom)) === null; attempt++) {
    if (attempt === commitAttempts) {
      throw new DatasetError(
        `expandFolder: expected ${data} or the finished ${output}, got neither; it was removed while it was in use, ` +
          'run the same command again',
      );
    }
    const moved = await tryRename(output, replacedFolder(output));
    // Where another process was faster, what was moved away may be its work.
    if (!(await tryRename(data, output)) && moved) await tryRename(replacedFolder(output), output);
  }
  await removeLeftovers(output);
}

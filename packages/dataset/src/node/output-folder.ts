import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { DatasetError } from '@sofd/core';
import { hashBytes } from './compute-digest.js';
import { datasetFormat, infoFile } from './dataset-info.js';

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

async function isDataset(folder: string): Promise<boolean> {
  try {
    const info: unknown = JSON.parse(await readFile(join(folder, infoFile), 'utf8'));
    return typeof info === 'object' && info !== null && 'format' in info && info.format === datasetFormat;
  } catch {
    return false;
  }
}

/** Whether a folder is another one or holds it. */
function holds(outer: string, inner: string): boolean {
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
  if (entries === null || entries.length === 0 || overwrite || (await isDataset(output))) return;
  throw new DatasetError(
    `expandFolder: expected an empty folder or a data set of sofd at ${output}, got ${entries.length} other entries ` +
      `(${entries.slice(0, 3).join(', ')}${entries.length > 3 ? ', ...' : ''}); choose another output, or pass overwrite`,
  );
}

/** A folder that is filled beside its final place. */
export interface StagedFolder {
  /** Writes a file and remembers its SHA-256. */
  write(path: string, bytes: Uint8Array | string): Promise<void>;
  /** SHA-256 of every file written, by relative path. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Puts the folder in its place, replacing what is there. */
  commit(): Promise<void>;
  /** Removes it; does nothing after a commit. */
  discard(): Promise<void>;
}

/**
 * Starts a folder that appears at its place only when it is whole.
 *
 * @param output final place
 * @param subfolders folders that are made in it
 */
export async function stageFolder(output: string, subfolders: readonly string[]): Promise<StagedFolder> {
  const target = resolve(output);
  await mkdir(dirname(target), { recursive: true });
  // Not mkdtemp, which would leave a folder that nobody else may read.
  const folder = join(dirname(target), `.${basename(target)}.partial-${randomUUID()}`);
  for (const name of subfolders) await mkdir(join(folder, name), { recursive: true });
  const hashes = new Map<string, string>();
  return {
    hashes,
    async write(path, bytes) {
      await writeFile(join(folder, path), bytes);
      hashes.set(path, hashBytes(bytes));
    },
    async commit() {
      const old = `${folder}-replaced`;
      const replaced = (await listEntries(target)) !== null;
      if (replaced) await rename(target, old);
      await rename(folder, target);
      if (replaced) await rm(old, { recursive: true, force: true });
    },
    async discard() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

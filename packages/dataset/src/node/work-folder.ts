import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DatasetError } from '@sofd/core';
import { splitNames } from '../identity/split-by-group.js';
import type { ExpandRecipe } from './expand-recipe.js';

/** Where an expansion keeps what is done until all is: `.NAME.partial` beside the output, so that a rename completes it. */
export const partialFolder = (output: string): string => {
  const target = resolve(output);
  return join(dirname(target), `.${basename(target)}.partial`);
};

/**
 * Paths in a work folder:
 *
 * ```
 * .NAME.partial/<digest of recipe and input>/
 *   recipe.json
 *   results/<key>.json    one a job; there once the job is done
 *   crops/<face>.png
 *   data/                 the data set as it will be
 *   tmp/                  files that are being written
 * ```
 */
export const workPaths = {
  recipe: 'recipe.json',
  result: (key: string) => `results/${key}.json`,
  crop: (face: string) => `crops/${face}.png`,
  data: 'data',
} as const;

async function listOr(path: string, fallback: readonly string[]): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch {
    return fallback;
  }
}

/**
 * Opens the work folder of an expansion, made anew or as an earlier run left it; those of other recipes and inputs are removed.
 *
 * @param output final place of the data set
 * @param options digest of recipe and input, and the recipe
 * @returns its path, and whether another expansion's work was removed
 */
export async function openWorkFolder(
  output: string,
  { digest, recipe }: { readonly digest: string; readonly recipe: ExpandRecipe },
): Promise<{ readonly work: string; readonly replaced: boolean }> {
  const partial = partialFolder(output);
  const others = (await listOr(partial, [])).filter((name) => name !== digest);
  for (const name of others) {
    // Renamed first: a removal that is killed half-way must not look like work that can be continued.
    const doomed = name.endsWith('.old') ? name : `${name}.old`;
    if (doomed !== name) await rename(join(partial, name), join(partial, doomed)).catch(() => {});
    await rm(join(partial, doomed), { recursive: true, force: true });
  }
  const work = join(partial, digest);
  const data = [...splitNames, 'masks'].map((name) => `${workPaths.data}/${name}`);
  for (const name of ['results', 'crops', 'tmp', ...data]) await mkdir(join(work, name), { recursive: true });
  await writeWhole(work, workPaths.recipe, JSON.stringify(recipe));
  return { work, replaced: others.length > 0 };
}

/**
 * Writes a file that is either whole or not there, whenever the process ends.
 *
 * @param work the work folder; it must exist: a write never makes it again after another process has completed it
 */
export async function writeWhole(work: string, path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = join(work, 'tmp', randomUUID());
  await writeFile(temporary, bytes);
  await rename(temporary, join(work, path));
}

/** Reads the result of a job that was done. */
export async function requireResult<Result>(work: string, key: string): Promise<Result> {
  const path = join(work, workPaths.result(key));
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Result;
  } catch (cause) {
    throw new DatasetError(
      `expandFolder: expected a job's result at ${path}, got none; it was removed while it was in use, run the same command again`,
      { cause },
    );
  }
}

/** Keys of the jobs that are done. */
export async function listResults(work: string): Promise<ReadonlySet<string>> {
  const names = await readdir(join(work, 'results'));
  return new Set(names.map((name) => name.replace(/\.json$/, '')));
}

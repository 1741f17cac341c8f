import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceFinder } from '@sofd/face';
import type { ExpansionMode } from '../../expansion-mode.js';
import { allExpansionModes } from '../../expansion-modes.js';
import type { ExpandRecipe } from '../expand-recipe.js';
import { workPaths, writeWhole } from '../work-folder.js';
import type { ExpandJob } from './expand-job.js';
import { findFaces } from './find-faces.js';
import { makeImages } from './make-images.js';
import { measureImages } from './measure-images.js';

/** What doing a job takes that is not JSON. */
export interface JobContext {
  /** Called for jobs that look at faces: those that make images need no engine. */
  readonly loadFinder: () => Promise<FaceFinder>;
  /** Modes that recipes may name; those of the package by default. */
  readonly modes?: readonly ExpansionMode[];
  readonly signal?: AbortSignal | undefined;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Does one job and leaves its result in the work folder; does nothing where it is there, as of a job that was given twice.
 *
 * @param job as an expansion planned it
 * @param context finder and modes of this process
 * @throws AbortedError where the signal was raised
 * @throws DatasetError where the recipe names a mode that is not among `modes`
 *
 * @example
 * ```ts no-run: jobs come from an expansion
 * const oneByOne: JobRunner = {
 *   engine: 'wasm',
 *   async run(jobs, { onDone, signal }) {
 *     for (const job of jobs) {
 *       await runExpandJob(job, { loadFinder: () => createFaceFinder(), signal });
 *       onDone(job);
 *     }
 *   },
 * };
 * ```
 */
export async function runExpandJob(
  job: ExpandJob,
  { loadFinder, modes = allExpansionModes, signal }: JobContext,
): Promise<void> {
  if (await exists(join(job.work, workPaths.result(job.key)))) return;
  const recipe = JSON.parse(await readFile(join(job.work, workPaths.recipe), 'utf8')) as ExpandRecipe;
  const perform = async () => {
    if (job.kind === 'make') return await makeImages(job, { modes, recipe, signal });
    const finder = await loadFinder();
    return job.kind === 'find'
      ? await findFaces(job, { finder, recipe: recipe.find, signal })
      : await measureImages(job, { finder, recipe, signal });
  };
  await writeWhole(job.work, workPaths.result(job.key), JSON.stringify(await perform()));
}

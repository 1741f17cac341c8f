import { DatasetError, type SplitName, throwIfAborted } from '@sofd/core';
import { type SplitConflict, splitNames } from '../identity/split-by-group.js';
import type { LabelAgreement } from '../relabel/measured/measure-agreement.js';
import type { DatasetInfo } from './dataset-info.js';
import { type ExpandOptions, type ResolvedExpandOptions, resolveExpandOptions } from './expand-options.js';
import { createRecipe, type ExpandRecipe, hashJson } from './expand-recipe.js';
import type { ExpandJob } from './jobs/expand-job.js';
import { describeJob } from './jobs/expand-job.js';
import type { SkippedItem } from './jobs/found-face.js';
import { createLocalRunner } from './jobs/local-runner.js';
import { assertReplaceable, commitOutput, readFinished, removeLeftovers, restoreReplaced } from './output-folder.js';
import { type FoundInput, planFindJobs, planMakeJobs, readFoundInput } from './plan-expansion.js';
import { planMeasureJobs } from './plan-measurements.js';
import { type ExpandInput, readInput } from './read-input.js';
import { listResults, openWorkFolder } from './work-folder.js';
import { writeDataset } from './write-dataset.js';

/** What an expansion made. */
export interface ExpansionSummary {
  /** Photographs and videos that could be read. */
  readonly items: number;
  /** Faces used. */
  readonly faces: number;
  /** What was left out, and why. */
  readonly skipped: readonly SkippedItem[];
  /** Photographs and videos that belong together, though they were published in different splits; they are in one now. */
  readonly conflicts: readonly SplitConflict[];
  /** Images by expansion mode, originals not counted. */
  readonly expanded: Readonly<Record<string, number>>;
  /** Different people among the faces. */
  readonly identities: number;
  /** Images by split. */
  readonly splits: Readonly<Record<SplitName, number>>;
  /** Images by mode and split, originals included. */
  readonly made: Readonly<Record<string, Readonly<Record<SplitName, number>>>>;
  /** How measured and nominal labels agree; `null` where no changes were measured. */
  readonly agreement: readonly LabelAgreement[] | null;
  /** SHA-256 of the content: the same input, recipe and seed give the same. */
  readonly digest: string;
  /** Whether the output was there already, made from the same input by the same recipe. */
  readonly nothingToDo: boolean;
}

function summarise(info: DatasetInfo, modes: readonly string[], nothingToDo: boolean): ExpansionSummary {
  const { items, faces, identities } = info.counts;
  const { train, validation, test } = info.splits;
  const countOf = (mode: string) => ({
    train: train.modes[mode] ?? 0,
    validation: validation.modes[mode] ?? 0,
    test: test.modes[mode] ?? 0,
  });
  const made = Object.fromEntries(['original', ...modes].map((mode) => [mode, countOf(mode)]));
  const total = (mode: string) => splitNames.reduce((sum, split) => sum + made[mode]![split], 0);
  return {
    items,
    faces,
    skipped: info.skipped,
    conflicts: info.conflicts ?? [],
    expanded: Object.fromEntries(modes.map((mode) => [mode, total(mode)])),
    identities,
    splits: { train: train.rows, validation: validation.rows, test: test.rows },
    made,
    agreement: info.measurement?.agreement ?? null,
    digest: info.digest,
    nothingToDo,
  };
}

/** Does the jobs that have no result yet. */
async function runJobs(jobs: readonly ExpandJob[], work: string, { stage, options }: RunContext): Promise<void> {
  const { finder, runner, modes, signal, onProgress } = options;
  const results = await listResults(work);
  const missing = jobs.filter(({ key }) => !results.has(key));
  let done = jobs.length - missing.length;
  let status = '';
  let last = '';
  const report = () => {
    const note = [status, last].filter((part) => part !== '').join(', ');
    onProgress?.({ stage, done, total: jobs.length, ...(note === '' ? {} : { note }) });
  };
  report();
  const onDone = (job: ExpandJob) => {
    done++;
    last = describeJob(job);
    report();
  };
  const onStatus = (text: string) => {
    status = text;
    report();
  };
  await (runner ?? createLocalRunner({ loadFinder: async () => finder!, modes })).run(missing, {
    onDone,
    onStatus,
    signal,
  });
  throwIfAborted(signal, 'expandFolder');
}

interface RunContext {
  readonly stage: string;
  readonly options: ResolvedExpandOptions;
}

function assertFaces({ faces, skipped }: FoundInput, { skipped: before }: ExpandInput, folder: string): void {
  if (faces.length > 0) return;
  const reasons = [...before, ...skipped].map(({ file, reason }) => `${file}: ${reason}`);
  throw new DatasetError(
    `expandFolder: expected usable faces under ${folder}, got none; add photographs of adults` +
      reasons
        .slice(0, 20)
        .map((reason) => `\n- ${reason}`)
        .join(''),
    { problems: reasons },
  );
}

async function expandInto(
  work: string,
  options: ResolvedExpandOptions,
  { input, recipe }: { readonly input: ExpandInput; readonly recipe: ExpandRecipe },
): Promise<DatasetInfo> {
  const context = { input: options.input, work, recipe, modes: options.modes, showable: input.listing.showable };
  const findJobs = planFindJobs(input, context);
  await runJobs(findJobs, work, { stage: 'find faces', options });
  const found = await readFoundInput(findJobs, input, context);
  assertFaces(found, input, options.input);
  const plan = planMakeJobs(found, context);
  await runJobs(plan.jobs, work, { stage: 'make images', options });
  const measureJobs = planMeasureJobs(plan, found, context);
  if (measureJobs.length > 0) await runJobs(measureJobs, work, { stage: 'measure changes', options });
  const info = await writeDataset({ work, recipe, input, found, plan, measureJobs });
  throwIfAborted(options.signal, 'expandFolder');
  return info;
}

/**
 * Makes a data set out of a folder of photographs or a published data set: finds every usable face, crops it, alters regions
 * of it, labels every image by the label graph, and writes images, masks and rows.
 *
 * The output is a Hugging Face `imagefolder`: `{train,validation,test}/*.png`, `masks/*.png`, `metadata.jsonl` (rows sorted
 * by id), the same rows as `metadata.parquet`, also a part beside each split's images, and `dataset.json` (recipe, graph,
 * counts, what was left out, digests). People are those that the data set names, else found by clustering face descriptors;
 * they and what shares a video with them never cross splits, and donors come from the face's own split.
 *
 * Every file is a pure function of the input's bytes, the recipe, the seed and the engine. Work is kept in `.NAME.partial`
 * beside the output until it is whole: the same call goes on where a killed one stopped, several processes may share the
 * work, and a call for what is there already changes nothing.
 *
 * @param options see {@link ExpandOptions}
 * @returns counts, what was skipped and why, and the digest
 * @throws InvalidOptionError where an option is wrong
 * @throws DatasetError where there is nothing to read, too few people, or the output holds something else
 * @throws AbortedError where the signal was raised; what is done is kept for the next call
 *
 * @example
 * ```ts
 * await useBackend(wasm());
 * const finder = await createFaceFinder();
 * const summary = await expandFolder({ input: 'photos', output: 'data', finder, seed: 7 });
 * summary.expanded; // { 'region-swap': 60, 'blend-only': 60 }
 * ```
 *
 * @see method.md section 8
 */
export async function expandFolder(options: ExpandOptions): Promise<ExpansionSummary> {
  const resolved = resolveExpandOptions(options);
  const { output } = resolved;
  await restoreReplaced(output);
  await assertReplaceable(output, resolved);
  const input = await readInput(resolved);
  const recipe = createRecipe(resolved);
  const madeFrom = { input: input.digest, recipe: hashJson(recipe) };
  const finished = await readFinished(output, madeFrom);
  if (finished !== null) {
    await removeLeftovers(output);
    return summarise(finished, recipe.modes, true);
  }
  const { work, replaced } = await openWorkFolder(output, { digest: hashJson(madeFrom).slice(0, 16), recipe });
  if (replaced) resolved.onMessage?.('Unfinished work of another recipe or input was there; it is replaced.');
  try {
    const info = await expandInto(work, resolved, { input, recipe });
    await commitOutput(work, output, madeFrom);
    return summarise(info, recipe.modes, false);
  } catch (error) {
    // Another process may have completed the same data set and removed the work folder.
    const made = await readFinished(output, madeFrom);
    if (made === null) throw error;
    return summarise(made, recipe.modes, false);
  }
}

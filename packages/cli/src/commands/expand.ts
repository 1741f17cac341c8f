import { InvalidOptionError } from '@sofd/core';
import { allExpansionModes, type ExpansionMode, type ExpansionRegion, splitNames } from '@sofd/dataset';
import { type ExpansionSummary, expandFolder } from '@sofd/dataset/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { addContactSheet } from '../contact-sheet/write-contact-sheet.js';
import { countSkipped } from '../count-skipped.js';
import { resolveEngine } from '../engine.js';
import { formatTable } from '../format-table.js';
import { createQueueRunner } from '../queue/queue-runner.js';
import { readLabelRules } from '../read-label-rules.js';
import { createWorkerRunner, defaultJobs } from '../workers/worker-runner.js';

/** Options of `sofd expand`. */
export interface ExpandCommandOptions extends CommonOptions {
  readonly input: string;
  readonly output: string;
  /** Layout of the input; recognised where not given. */
  readonly source?: string;
  /** Names of expansion modes; region-swap and its control where not given. */
  readonly modes?: readonly string[];
  /** The only regions that are altered; all that the modes know where not given. */
  readonly regions?: readonly ExpansionRegion[];
  /** Frames that are taken of a video; the data set package's default where not given. */
  readonly frames?: number;
  /** Threads; one a core where not given. */
  readonly jobs?: number;
  /** Redis server whose workers do the jobs; this process does them where not given. */
  readonly queue?: string;
  /** Label map of the alterations. @default 'training' */
  readonly annotation: 'training' | 'graph';
  /** Name of a published label graph, or a JSON file; needs `rules`. @default 'faceForensics' */
  readonly graph?: string;
  /** JSON file that says how manipulations are labelled; in place of `annotation`. */
  readonly rules?: string;
  /** Measure what changed in each image, beside its label. @default false */
  readonly measure: boolean;
  /** Images that each mode makes of a face. @default 3 */
  readonly perFace: number;
  /** Least cosine similarity of two faces taken for one person; the data set package's default where not given. */
  readonly identityThreshold?: number;
  /** Side of the images in pixels; the data set package's default where not given, as for the next two. */
  readonly cropSize?: number;
  /** Least quality of a face, 0 to 1. */
  readonly minQuality?: number;
  /** Least estimated age in years; the estimate errs, so 0 where all people are known to be adults. */
  readonly minAge?: number;
  /** Replace a data set at the output. @default false */
  readonly overwrite: boolean;
  /** Put a contact sheet into the output. @default true */
  readonly contactSheet?: boolean;
}

function findModes(names: readonly string[]): ExpansionMode[] {
  return names.map((name) => {
    const mode = allExpansionModes.find((one) => one.name === name);
    if (mode !== undefined) return mode;
    const known = allExpansionModes.map((one) => one.name).join(', ');
    throw new InvalidOptionError(`expand: expected modes out of ${known}, got ${name}; separate names by commas`);
  });
}

/** The options that were given: the data set package knows the defaults of the others. */
const omitUndefined = <Options extends object>(options: Options) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Options]?: NonNullable<Options[Name]>;
  };

/** How many conflicts the summary spells out. */
const spelt = 3;

/** What was published in several splits and had to be brought together. */
function describeConflicts(conflicts: ExpansionSummary['conflicts']): string[] {
  if (conflicts.length === 0) return [];
  const named = conflicts.slice(0, spelt).map(({ ids, split }) => `${ids[0]} and ${ids.length - 1} more in ${split}`);
  const rest = conflicts.length > spelt ? [`${conflicts.length - spelt} more groups`] : [];
  return [
    '',
    'Published in several splits, though they share a person or a group, and now in one each: ' +
      `${conflicts.length} ${conflicts.length === 1 ? 'group' : 'groups'} of photographs or videos ` +
      `(${[...named, ...rest].join('; ')}). dataset.json lists them.`,
  ];
}

const formatShare = (share: number | null): string => (share === null ? '-' : share.toFixed(2));

/** Measured against nominal labels. */
function describeAgreement(agreement: ExpansionSummary['agreement']): string[] {
  if (agreement === null) return [];
  const counts = ['both', 'rule only', 'measured only', 'neither', 'undecided'];
  const lines = agreement.map((one) => [
    ...[one.label, one.both, one.nominalOnly, one.measuredOnly, one.neither, one.undecided],
    formatShare(one.agreement),
    one.interval === null ? '-' : one.interval.map(formatShare).join('..'),
    formatShare(one.kappa),
  ]);
  return ['', ...formatTable(['measured', ...counts, 'agreement', '95 %', 'kappa'], lines)];
}

/**
 * Says for a person what an expansion made.
 *
 * @param summary of a run that had something to do
 * @returns a line each, the last one empty
 */
export function describeSummary(summary: ExpansionSummary): string[] {
  const { items, faces, identities, made, skipped, conflicts, agreement } = summary;
  const lines = Object.entries(made).map(([mode, counts]) => [mode, ...splitNames.map((split) => counts[split])]);
  const causes = countSkipped(skipped).map(({ cause, count }) => [cause, count]);
  return [
    `${faces} faces of ${identities} people in ${items} photographs and videos.`,
    '',
    ...formatTable(['made', ...splitNames], lines),
    ...(skipped.length === 0
      ? []
      : ['', ...formatTable(['skipped', 'count'], causes), 'dataset.json says what was skipped and why.']),
    ...describeConflicts(conflicts),
    ...describeAgreement(agreement),
    '',
  ];
}

/** Makes a labelled data set of real and altered faces from a folder of photographs or a published data set. */
export async function expand(options: ExpandCommandOptions, context: CommandContext): Promise<ExpansionSummary> {
  const { input, output, seed, annotation, perFace, overwrite, queue, measure } = options;
  const { source, regions, frames, identityThreshold, cropSize, minQuality, minAge } = options;
  const labels = await readLabelRules(options, 'expand');
  const modes = options.modes === undefined ? undefined : findModes(options.modes);
  const engine = await resolveEngine(options.engine);
  const runner =
    queue === undefined
      ? createWorkerRunner({ jobs: options.jobs ?? defaultJobs(), engine })
      : await createQueueRunner({ url: queue, engine, log: context.log });
  try {
    const summary = await expandFolder({
      ...{ input, output, runner, seed, annotation, perFace, overwrite, measure, ...labels },
      ...omitUndefined({ source, modes, regions, frames, identityThreshold, cropSize, minQuality, minAge }),
      onProgress: context.progress,
      onMessage: context.log,
      signal: context.signal,
    });
    if (summary.nothingToDo) context.log(`Nothing to do: ${output} was made from the same input by the same recipe.`);
    else for (const line of describeSummary(summary)) context.log(line);
    if (options.contactSheet ?? true) context.log(`See ${await addContactSheet(output, { seed })}`);
    return summary;
  } finally {
    await runner.close();
  }
}

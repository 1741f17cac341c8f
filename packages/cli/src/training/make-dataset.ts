import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { faceForensics, type LabelGraph } from '@sofd/core';
import { type FolderDataset, openDataset } from '@sofd/dataset/node';
import type { CommandContext, EngineName } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { expand } from '../commands/expand.js';
import { assertSameGraph } from '../same-graph.js';
import type { ExperimentData } from './experiment-data.js';

/** Where a data set is made. */
export interface DatasetPlace {
  /** Folder of the command: `dataset` in it is the data set. */
  readonly output: string;
  /** Take a data set that is there as it is, as a run that continues does. */
  readonly resume: boolean;
  readonly engine: EngineName;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** One folder of photographs: the one that is named, or a new one with copies of the files that are. */
async function gatherPhotographs(paths: readonly string[], folder: string): Promise<string> {
  const [only] = paths;
  if (paths.length === 1 && (await stat(only!)).isDirectory()) return only!;
  await mkdir(folder, { recursive: true });
  const names = new Map<string, string>();
  for (const path of paths) {
    const name = basename(path);
    if (names.has(name) || (await stat(path)).isDirectory())
      throw new CommandError(
        `train: expected photographs of different names in data.photographs, or one folder, got ${path}${names.has(name) ? ` and ${names.get(name)}` : ''}; put them into one folder.`,
      );
    names.set(name, path);
    await copyFile(path, join(folder, name));
  }
  return folder;
}

/**
 * Opens the data set of an experiment; makes it where the experiment says photographs. A run that was stopped while it made
 * one goes on with it.
 *
 * @param data - the experiment's
 * @param graph - the label graph that its rows must have
 */
export async function openExperimentData(
  { source }: Pick<ExperimentData, 'source'>,
  { graph, place, context }: { graph: LabelGraph; place: DatasetPlace; context: CommandContext },
): Promise<{ readonly folder: string; readonly dataset: FolderDataset }> {
  const { output, resume, engine } = place;
  const made = join(output, 'dataset');
  if (source.kind === 'photographs' && !(resume && (await exists(join(made, 'dataset.json'))))) {
    assertSameGraph(graph, faceForensics, 'train');
    const input = await gatherPhotographs(source.paths, join(output, 'photographs'));
    const options = {
      engine,
      quiet: false,
      input,
      output: made,
      overwrite: false,
      measure: false,
      contactSheet: false,
    };
    await expand({ ...options, ...omitUndefined(source.expand) }, context);
  }
  const folder = source.kind === 'photographs' ? made : source.folder;
  const dataset = await openDataset(folder);
  assertSameGraph(graph, dataset.graph, 'train');
  return { folder, dataset };
}

const omitUndefined = <Options extends object>(options: Options) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Options]: Exclude<Options[Name], undefined>;
  };

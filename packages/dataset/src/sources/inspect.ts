import { DatasetError, InvalidOptionError, type SplitName } from '@sofd/core';
import { append } from '../append.js';
import { compareText } from '../compare-text.js';
import { splitNames } from '../identity/split-by-group.js';
import type { FileTree } from './file-tree.js';
import type { DatasetSource, SourceItem, SourceListing } from './source.js';
import { sources } from './sources.js';

/** How many items a split has of a method. */
export interface SourceCount {
  readonly split: SplitName | null;
  /** The method's name in the data set, `null` for real ones. */
  readonly method: string | null;
  readonly label: 'real' | 'fake';
  /** Images, videos or folders of frames. */
  readonly items: number;
  /** Files that those are made of. */
  readonly files: number;
}

/** What a folder was recognised as, and what is in it. */
export interface SourceInspection extends SourceListing {
  /** Where the data set and its terms are described, `null` for a folder of one's own. */
  readonly homepage: string | null;
  /** By split, real ones first, then by method. */
  readonly counts: readonly SourceCount[];
}

const splitOrder: readonly (SplitName | null)[] = [...splitNames, null];

function countItems(items: readonly SourceItem[]): SourceCount[] {
  const groups = new Map<string, SourceItem[]>();
  for (const item of items) append(groups, JSON.stringify([item.split, item.label, item.method]), item);
  const counts = [...groups.values()].map((group) => {
    const { split, method, label } = group[0]!;
    return {
      split,
      method,
      label,
      items: group.length,
      files: group.reduce((sum, { files }) => sum + files.length, 0),
    };
  });
  return counts.sort(
    (first, second) =>
      splitOrder.indexOf(first.split) - splitOrder.indexOf(second.split) ||
      Number(first.label === 'fake') - Number(second.label === 'fake') ||
      compareText(first.method ?? '', second.method ?? ''),
  );
}

/** The source of that name, or else the one that is surest of the layout. */
async function chooseSource(tree: FileTree, name: string | undefined): Promise<DatasetSource> {
  if (name !== undefined) {
    const named = sources.find((source) => source.name === name);
    if (named !== undefined) return named;
    const known = sources.map((source) => source.name).join(', ');
    throw new InvalidOptionError(`inspectSource: expected a source out of ${known}, got ${name}; choose one of them.`);
  }
  let best: { source: DatasetSource; sureness: number } | undefined;
  for (const source of sources) {
    const sureness = await source.recognise(tree);
    if (sureness > (best?.sureness ?? 0)) best = { source, sureness };
  }
  if (best !== undefined) return best.source;
  const layouts = sources.map((source) => `  ${source.name}: ${source.layout}`);
  throw new DatasetError(
    `inspectSource: expected a data set in a known layout, got ${tree.files.length} files of which none fits:\n${layouts.join('\n')}\n` +
      'List your files in a CSV with columns path, label, manipulation, and put it at the top of the folder.',
  );
}

/**
 * Recognises a data set and lists what is in it, what is missing and what is left out, by names and metadata alone.
 *
 * @param tree the files; `readFileTree` of `@sofd/dataset/node` gives those of a folder
 * @param options `source` names the layout and skips recognition
 * @returns the listing, and counts by split, method and label
 * @throws DatasetError where no layout fits, or nothing usable is in the folder
 * @throws InvalidOptionError for a source that does not exist
 * @example
 * ```ts
 * const files = ['Celeb-real/id0_0000.mp4', 'Celeb-synthesis/id0_id1_0000.mp4'];
 * const { title, counts, items } = await inspectSource({ files, readText: async () => '' });
 * title; // 'Celeb-DF'
 * counts.length; // 2
 * items[1]?.real; // 'Celeb-real/id0_0000.mp4'
 * ```
 */
export async function inspectSource(
  tree: FileTree,
  { source: name }: { readonly source?: string | undefined } = {},
): Promise<SourceInspection> {
  const source = await chooseSource(tree, name);
  const listing = await source.list(tree);
  if (listing.items.length === 0) {
    const problems = listing.problems.map(({ path, problem }) => (path === '' ? problem : `${path}: ${problem}`));
    throw new DatasetError(
      `inspectSource: expected images or videos of ${source.title} (${source.layout}), got none that can be used` +
        `${problems.length > 0 ? `:\n  ${problems.join('\n  ')}\n` : '; '}check the folder, or name another source.`,
      { problems },
    );
  }
  return { ...listing, homepage: source.homepage, counts: countItems(listing.items) };
}

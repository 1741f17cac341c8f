import type { SplitName } from '@sofd/core';
import * as v from 'valibot';
import { collectItems, type Description } from '../common/collect-items.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { folderOf, joinPath, nameOf, stemOf } from '../common/path-parts.js';
import { readJson } from '../common/read-json.js';
import { readTable } from '../common/read-table.js';
import { reportMissing } from '../common/report-missing.js';
import { findSplit, parseSplitName } from '../common/split-name.js';
import type { FileTree } from '../file-tree.js';
import type { DatasetSource, SourceProblem } from '../source.js';

const metadataSchema = v.record(
  v.string(),
  v.looseObject({
    label: v.optional(v.picklist(['REAL', 'FAKE'])),
    // What the metadata of the test set have in place of a label.
    is_fake: v.optional(v.picklist([0, 1])),
    split: v.nullish(v.string()),
    original: v.nullish(v.string()),
  }),
);

interface Entry {
  readonly isFake: boolean;
  readonly original: string | null;
  readonly split: SplitName | null;
}

const isMetadata = (path: string): boolean => /^(metadata\.json|labels\.csv)$/i.test(nameOf(path));

/** The entries of a `metadata.json`, or of the `labels.csv` of the test set, by name without extension. */
async function readEntries(tree: FileTree, path: string, problems: SourceProblem[]): Promise<Map<string, Entry>> {
  // The folder is what the part is used for; metadata say "train" of every video of the training set.
  const folders = folderOf(path).toLowerCase().split('/');
  const split = findSplit(folders) ?? findSplit(folders.flatMap((folder) => folder.split(/[_-]/)));
  const entries = new Map<string, Entry>();
  if (path.toLowerCase().endsWith('.csv')) {
    const { rows, columns } = await readTable(tree, path, problems);
    if (!columns.includes('filename') || !columns.includes('label'))
      problems.push({ path, problem: `not used: expected the columns filename, label, got ${columns.join(', ')}` });
    else
      for (const { filename, label } of rows)
        entries.set(stemOf(filename!), { isFake: Number(label) === 1, original: null, split });
    return entries;
  }
  const metadata = await readJson(tree, path, { schema: metadataSchema, problems });
  for (const [file, entry] of Object.entries(metadata ?? {}))
    if (entry.label !== undefined || entry.is_fake !== undefined)
      entries.set(stemOf(file), {
        isFake: entry.label === 'FAKE' || entry.is_fake === 1,
        original: entry.original ? stemOf(entry.original) : null,
        split: split ?? parseSplitName(entry.split ?? ''),
      });
  return entries;
}

/** The metadata nearest above an item. */
function findPart<Part>(medium: Medium, parts: ReadonlyMap<string, Part>): Part | undefined {
  for (let length = medium.folders.length; length >= 0; length--) {
    const part = parts.get(joinPath(...medium.folders.slice(0, length)));
    if (part !== undefined) return part;
  }
  return undefined;
}

function describe(medium: Medium, parts: ReadonlyMap<string, ReadonlyMap<string, Entry>>): Description {
  const part = findPart(medium, parts);
  if (part === undefined) return { skip: 'no metadata.json or labels.csv above it says whether it is real' };
  const entry = part.get(medium.name);
  if (entry === undefined) return { skip: 'its metadata.json or labels.csv does not list it' };
  const { isFake, original, split } = entry;
  // Names are unique over all parts.
  if (!isFake) return { key: medium.name, groups: [medium.name], split };
  return {
    key: medium.name,
    fake: { method: 'DFDC', manipulation: 'identity-swap', real: original ?? undefined },
    groups: [original ?? medium.name],
    split,
  };
}

/**
 * The DeepFake Detection Challenge data set: parts with `metadata.json`, a test set with `labels.csv`.
 *
 * Its metadata do not tell its methods apart; the paper calls all its fakes face swaps.
 *
 * @see Dolhansky et al., "The DeepFake Detection Challenge (DFDC) Dataset", 2020
 */
export const dfdc: DatasetSource = {
  name: 'dfdc',
  title: 'DeepFake Detection Challenge',
  homepage: 'https://ai.meta.com/datasets/dfdc/',
  layout: 'folders with metadata.json (label, split, original), or a test set with labels.csv (filename, label)',
  async recognise(tree) {
    const path = tree.files.find((file) => nameOf(file).toLowerCase() === 'metadata.json');
    if (path !== undefined && /"label"\s*:\s*"(REAL|FAKE)"|"is_fake"\s*:/.test(await tree.readText(path))) return 0.95;
    return tree.files.some((file) => /(^|\/)dfdc_train_part_\d+\//i.test(file)) ? 0.8 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const parts = new Map<string, Map<string, Entry>>();
    for (const path of tree.files.filter(isMetadata)) {
      const entries = await readEntries(tree, path, problems);
      if (entries.size > 0) parts.set(folderOf(path), entries);
    }
    const media = listMedia(tree.files, 'frames');
    const { items, problems: left } = collectItems(media, (medium) => describe(medium, parts));
    const found = new Set(media.map(({ name }) => name));
    for (const [folder, entries] of parts) {
      const what = 'videos of the metadata';
      problems.push(...reportMissing(entries.keys(), (name) => found.has(name), { path: folder, what }));
    }
    return {
      source: 'dfdc',
      title: `DeepFake Detection Challenge, ${parts.size} ${parts.size === 1 ? 'part' : 'parts'}`,
      items,
      problems: [...problems, ...left],
      showable: false,
    };
  },
};

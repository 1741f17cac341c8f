import * as v from 'valibot';
import { append } from '../../append.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { nameOf, stemOf } from '../common/path-parts.js';
import { readJson } from '../common/read-json.js';
import { reportMissing } from '../common/report-missing.js';
import { parseSplitName } from '../common/split-name.js';
import type { FileTree } from '../file-tree.js';
import type { DatasetSource, SourceProblem } from '../source.js';

const idSchema = v.nullish(v.union([v.string(), v.number()]));
const datasetSchema = v.record(
  v.string(),
  v.looseObject({
    label: v.picklist(['real', 'fake']),
    set: v.nullish(v.string()),
    target_id: idSchema,
    swapped_id: idSchema,
  }),
);
type Entry = v.InferOutput<typeof datasetSchema>[string];

const sections: Readonly<Record<string, string>> = {
  original_videos: 'original_videos',
  original: 'original_videos',
  method_a: 'method_A',
  method_b: 'method_B',
};
const findSection = (folders: readonly string[]): string | undefined =>
  folders.map((folder) => sections[folder.toLowerCase()]).find((section) => section !== undefined);

const keyOf = (section: string, name: string): string => `${section}/${name}`;

function describe({ folders, name }: Medium, entries: ReadonlyMap<string, Entry>): Description {
  const section = findSection(folders);
  if (section === undefined) return null;
  const key = keyOf(section, name);
  const entry = entries.get(key);
  const split = parseSplitName(entry?.set ?? '');
  const parts = name.split('_');
  // <actor>_<recording>_<clip>
  if (section === 'original_videos') return { key, identity: parts[0]!, groups: [parts[0]!], split };
  // <swapped in>_<target>_<recording>_<clip>
  const target = entry?.target_id?.toString() ?? parts[1];
  const swapped = entry?.swapped_id?.toString() ?? parts[0];
  if (target === undefined || swapped === undefined || parts.length < 4)
    return { skip: 'its name does not say which actors it shows' };
  const real = keyOf('original_videos', parts.slice(1).join('_'));
  return {
    key,
    fake: { method: section, manipulation: 'identity-swap', real },
    identity: target,
    groups: [target, swapped],
    split,
  };
}

/** Entries of `dataset.json` by {@link keyOf}. */
async function readEntries(tree: FileTree, problems: SourceProblem[]): Promise<Map<string, Entry>> {
  const path = tree.files.find((file) => nameOf(file).toLowerCase() === 'dataset.json');
  if (path === undefined) {
    problems.push({ path: 'dataset.json', problem: 'dataset.json missing: the items have no split' });
    return new Map();
  }
  const dataset = await readJson(tree, path, { schema: datasetSchema, problems });
  return new Map(
    Object.entries(dataset ?? {}).flatMap(([file, entry]) => {
      const section = findSection(file.split('/'));
      return section === undefined ? [] : [[keyOf(section, stemOf(file)), entry] as const];
    }),
  );
}

/**
 * The preview of the DeepFake Detection Challenge data set.
 *
 * @see Dolhansky et al., "The Deepfake Detection Challenge (DFDC) Preview Dataset", 2019
 */
export const dfdcp: DatasetSource = {
  name: 'dfdcp',
  title: 'DeepFake Detection Challenge preview',
  homepage: 'https://ai.meta.com/datasets/dfdc/',
  layout: 'original_videos/, method_A/, method_B/ and dataset.json (label, set)',
  async recognise(tree) {
    const folders = listFolderNames(tree);
    return folders.has('method_a') || folders.has('method_b') ? 0.97 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const entries = await readEntries(tree, problems);
    const media = listMedia(tree.files, 'frames');
    const { items, problems: left } = collectItems(media, (medium) => describe(medium, entries));
    const found = new Set(media.map(({ folders, name }) => keyOf(findSection(folders) ?? '', name)));
    const listed = new Map<string, string[]>();
    for (const [key, { set }] of entries) append(listed, `${key.slice(0, key.indexOf('/'))} ${set ?? 'no'}`, key);
    for (const [place, keys] of listed) {
      const [section, set] = place.split(' ') as [string, string];
      const what = `videos of the ${set} split`;
      const names = keys.map(nameOf);
      problems.push(...reportMissing(names, (name) => found.has(keyOf(section, name)), { path: section, what }));
    }
    return {
      source: 'dfdcp',
      title: 'DeepFake Detection Challenge preview',
      items,
      problems: [...problems, ...left],
      showable: false,
    };
  },
};

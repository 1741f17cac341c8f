import { findManipulation } from '../common/classify-method.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia } from '../common/list-media.js';
import { folderOf, joinPath, nameOf } from '../common/path-parts.js';
import { reportMissing } from '../common/report-missing.js';
import { findSplit } from '../common/split-name.js';
import type { FileTree } from '../file-tree.js';
import type { DatasetSource, SourceProblem } from '../source.js';

/** The methods by their number in the lists; 0 is real. */
const methods = [
  null,
  'FaceShifter',
  'FS-GAN',
  'DeepFakes',
  'BlendFace',
  'MMReplacement',
  'DeepFakes-StarGAN-Stack',
  'Talking Head Video',
  'ATVG-Net',
  'StarGAN-BlendFace-Stack',
  'First Order Motion',
  'StyleGAN2',
  'MaskGAN',
  'StarGAN2',
  'SC-FEGAN',
  'DiscoFaceGAN',
] as const;

interface ListedImage {
  readonly method: (typeof methods)[number];
  /** Path of the list. */
  readonly list: string;
}

/** The folder that the paths of a list start from: of those above which its first images lie, the one nearest to the list. */
function findBase(list: string, names: readonly string[], files: readonly string[]): string | undefined {
  const top = folderOf(list);
  const bases = names
    .slice(0, 20)
    .flatMap((name) =>
      files
        .filter((file) => file.endsWith(`/${name}`) || file === name)
        .map((file) => file.slice(0, Math.max(0, file.length - name.length - 1))),
    );
  return bases.find((base) => base === top || base.startsWith(top === '' ? '' : `${top}/`)) ?? bases[0];
}

/** Images by path, as the lists say: a path and three classes a line, of which the last is the method's number. */
async function readLists(tree: FileTree, problems: SourceProblem[]): Promise<Map<string, ListedImage>> {
  const images = new Map<string, ListedImage>();
  const files = new Set(tree.files);
  for (const list of tree.files.filter((path) => /^image_list.*\.txt$/i.test(nameOf(path)))) {
    const entries: { name: string; method: number }[] = [];
    let wrong = 0;
    for (const line of (await tree.readText(list)).split(/\r?\n/)) {
      const match = /^(\S.*?)\s+[01]\s+[012]\s+(\d+)\s*$/.exec(line);
      const method = Number(match?.[2]);
      if (match && method < methods.length) entries.push({ name: match[1]!.replace(/^\.?\//, ''), method });
      else if (line.trim() !== '') wrong++;
    }
    if (wrong > 0)
      problems.push({ path: list, problem: `${wrong} lines are not "<image> <two classes> <three> <sixteen>"` });
    const base = findBase(
      list,
      entries.map(({ name }) => name),
      tree.files,
    );
    if (base !== undefined)
      for (const { name, method } of entries) images.set(joinPath(base, name), { method: methods[method]!, list });
    const names = entries.map(({ name }) => name);
    const isThere = (name: string) => base !== undefined && files.has(joinPath(base, name));
    problems.push(...reportMissing(names, isThere, { path: list, what: 'images of the list' }));
  }
  return images;
}

function describe(id: string, images: ReadonlyMap<string, ListedImage>): Description {
  const image = images.get(id);
  if (image === undefined)
    return { skip: /(^|\/)spatial/i.test(id) ? 'maps of altered pixels' : 'no image_list.txt lists it' };
  const split = findSplit(image.list.toLowerCase().split('/'));
  // image/<release>/<method>/<video>/<frame>: the frames of one video share a group.
  const group = /(^|\/)images?\/[^/]+\/[^/]+\/.+\//i.test(id) ? folderOf(id) : id;
  if (image.method === null) return { key: id, groups: [group], split };
  const how = findManipulation(image.method);
  if ('skip' in how) return how;
  return { key: id, fake: { method: image.method, manipulation: how.manipulation }, groups: [group], split };
}

/**
 * ForgeryNet, its images: swaps and reenactments. Its videos are partly altered in time and left out.
 *
 * @see He et al., "ForgeryNet: A Versatile Benchmark for Comprehensive Forgery Analysis", CVPR 2021
 */
export const forgeryNet: DatasetSource = {
  name: 'forgery-net',
  title: 'ForgeryNet',
  homepage: 'https://github.com/yinanhe/ForgeryNet',
  layout: 'Training/ and Validation/ with image/ and image_list.txt',
  async recognise(tree) {
    const folders = listFolderNames(tree);
    const named = ['train_release', 'spatial_localize', 'forgerynet'].some((name) => folders.has(name));
    const lists = tree.files.some((path) => /^image_list.*\.txt$/i.test(nameOf(path)));
    return lists ? 0.95 : named ? 0.6 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const images = await readLists(tree, problems);
    if (images.size === 0)
      problems.push({ path: '', problem: 'image_list.txt missing: nothing says what the images are' });
    const { items, problems: left } = collectItems(listMedia(tree.files, 'images'), ({ id, kind }) =>
      kind === 'video'
        ? { skip: 'videos of ForgeryNet are altered for a part of their length only' }
        : describe(id, images),
    );
    return {
      source: 'forgery-net',
      title: 'ForgeryNet, images',
      items,
      problems: [...problems, ...left],
      showable: false,
    };
  },
};
